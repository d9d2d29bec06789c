namespace Hctef.Fetching;

/// <summary>A reply may not be kept where its fetch keeps bytes (<see cref="CacheAdmission"/>): who waits for them looks again.</summary>
internal sealed class NotAdmittedException(string file)
    : HctefException($"{file} was answered to other credentials, or under other rules, than those that share its cached bytes.");
