using System.Reflection;

namespace Hctef.Tests;

/// <summary>Names types as C# does, with the nullability of a member or parameter.</summary>
internal static class PublicApiTypes
{
    private static readonly NullabilityInfoContext Nullability = new();

    public static string Name(Type type)
    {
        if (Nullable.GetUnderlyingType(type) is { } underlying)
            return Name(underlying) + "?";
        if (type.IsByRef)
            return Name(type.GetElementType()!);
        if (type.IsArray)
            return Name(type.GetElementType()!) + "[]";

        return type.IsGenericType ? $"{Bare(type)}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>" : type.Name;
    }

    public static string Name(FieldInfo field) => Name(Nullability.Create(field));

    public static string Name(PropertyInfo property) => Name(Nullability.Create(property));

    public static string Name(ParameterInfo parameter) => Name(Nullability.Create(parameter));

    private static string Name(NullabilityInfo info)
    {
        Type type = info.Type;
        string nullable = !type.IsValueType && info.ReadState == NullabilityState.Nullable ? "?" : "";
        if (info.ElementType is { } element)
            return $"{Name(element)}[]{nullable}";
        if (info.GenericTypeArguments.Length > 0 && Nullable.GetUnderlyingType(type) is null)
            return $"{Bare(type)}<{string.Join(", ", info.GenericTypeArguments.Select(Name))}>{nullable}";

        return Name(type) + nullable;
    }

    private static string Bare(Type type) => type.Name[..type.Name.IndexOf('`', StringComparison.Ordinal)];
}
