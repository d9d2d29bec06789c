using Hctef.Tests.Fetching;

namespace Hctef.Tests;

/// <summary>What runs when a test starts this assembly as a process of its own; a test host does not come here.</summary>
internal static class Program
{
    private static int Main(string[] arguments) => ClampedReaders.Run(arguments);
}
