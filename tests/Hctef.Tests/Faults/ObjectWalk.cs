using System.Collections;
using System.Reflection;

namespace Hctef.Tests.Faults;

/// <summary>Every object of the library that can be reached from some: what a debugger shows of them is their text.</summary>
internal static class ObjectWalk
{
    private const BindingFlags Fields = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    public static IReadOnlyCollection<object> From(params object[] roots)
    {
        var seen = new HashSet<object>(ReferenceEqualityComparer.Instance);
        var next = new Stack<object>(roots);
        while (next.TryPop(out object? current))
        {
            if (!seen.Add(current))
                continue;
            foreach (object inside in InsideOf(current).Where(IsOfInterest))
                next.Push(inside);
        }

        return [.. seen.Where(static found => found.GetType().Assembly == typeof(IRemoteFile).Assembly)];
    }

    private static bool IsOfInterest(object value) =>
        value.GetType().Assembly == typeof(IRemoteFile).Assembly || (value is IEnumerable and not string and not Array { Length: > 10_000 });

    private static IEnumerable<object> InsideOf(object value)
    {
        if (value is IEnumerable many && value.GetType().Assembly != typeof(IRemoteFile).Assembly)
            return many.Cast<object?>().OfType<object>().ToArray();
        var found = new List<object>();
        for (Type? type = value.GetType(); type is not null && type != typeof(object); type = type.BaseType)
            found.AddRange(type.GetFields(Fields).Where(static field => !field.FieldType.IsPointer && !field.FieldType.IsByRefLike).Select(field => field.GetValue(value)).OfType<object>());
        return found;
    }
}
