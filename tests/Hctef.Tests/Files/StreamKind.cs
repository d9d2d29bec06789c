namespace Hctef.Tests.Files;

/// <summary>What lies under a stream in the tests that every stream must pass.</summary>
public enum StreamKind
{
    InMemory,
    Foreign,
    ForeignShortAndLate,
}
