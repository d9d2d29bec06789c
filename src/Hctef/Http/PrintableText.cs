namespace Hctef.Http;

/// <summary>Text of a server as messages and logs may show it: bounded, and printable ASCII alone.</summary>
internal static class PrintableText
{
    private const int DefaultLength = 100;

    public static string Of(string text, int maxLength = DefaultLength)
    {
        string shown = text.Length > maxLength ? string.Concat(text.AsSpan(0, maxLength), "...") : text;
        return string.Create(shown.Length, shown, static (target, source) =>
        {
            for (int i = 0; i < target.Length; i++)
            {
                target[i] = source[i] is >= ' ' and <= '~' ? source[i] : '?';
            }
        });
    }
}
