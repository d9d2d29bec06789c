using System.Globalization;

namespace RemoteZip.Output;

/// <summary>Text from outside as a terminal may show it: one line, and no control characters that would drive the terminal.</summary>
internal static class PrintableText
{
    private const char Replacement = '?';

    public static string Of(string text) => text.Any(MustHide) ? string.Concat(text.Select(c => MustHide(c) ? Replacement : c)) : text;

    /// <summary>A URL without user information, query and fragment, which may be secrets.</summary>
    public static string Of(Uri uri) => Of(uri.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped));

    /// <summary>Control and format characters (the latter reverse the order of text), line and paragraph separators.</summary>
    private static bool MustHide(char character) => char.GetUnicodeCategory(character)
        is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
