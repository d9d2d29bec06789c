using Hctef.Diagnostics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Hctef.Options;

/// <summary>
/// The options of one registration as they are now. A reload that brings wrong ones changes nothing: files go on opening with those
/// before, and a warning says why.
/// </summary>
/// <remarks>
/// Safe for concurrent use, without a lock: two references, each replaced as a whole. Threads that read while a reload comes may keep one
/// or the other as the last that was right, which both were.
/// </remarks>
internal sealed class HctefOptionsSource(string optionsName, IOptionsMonitor<HctefOptions> monitor, ILogger logger)
{
    private volatile HctefOptions? _lastRight;
    private string? _refusal;

    /// <summary>The options of the latest configuration that was right.</summary>
    /// <exception cref="OptionsValidationException">A value is wrong, and there were no right ones before.</exception>
    /// <exception cref="InvalidOperationException">A configuration key is, likewise.</exception>
    public HctefOptions Current
    {
        get
        {
            try
            {
                HctefOptions options = monitor.Get(optionsName);
                _lastRight = options;
                Volatile.Write(ref _refusal, null);
                return options;
            }
            catch (Exception e) when (e is OptionsValidationException or InvalidOperationException && _lastRight is not null)
            {
                // Once for each reload that is wrong in another way.
                if (Interlocked.Exchange(ref _refusal, e.Message) != e.Message)
                    Log.ReloadRefused(logger, HctefNames.Of(optionsName), e.Message);
                return _lastRight;
            }
        }
    }
}
