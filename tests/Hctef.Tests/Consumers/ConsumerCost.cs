namespace Hctef.Tests.Consumers;

/// <summary>The most that a reader takes for a piece of work.</summary>
/// <param name="Consumer">The reader.</param>
/// <param name="Work">What it does with which file.</param>
/// <param name="Requests">Requests, the opening one included.</param>
/// <param name="Bytes">Bytes of their replies' bodies.</param>
internal sealed record ConsumerCost(string Consumer, string Work, int Requests, long Bytes);
