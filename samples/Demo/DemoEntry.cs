using System.Globalization;
using System.Text;
using Hctef.TestServer.Content;

namespace Demo;

/// <summary>One entry of the demo's archive. Its bytes follow from its name: random ones, or lines of text for what is packed.</summary>
public sealed record DemoEntry(string Name, int Length, bool IsText)
{
    private const int WordBytes = 8;

    /// <summary>A run of the entry's bytes.</summary>
    public void Fill(Span<byte> destination, int offset)
    {
        if (IsText)
            Text().AsSpan(offset, destination.Length).CopyTo(destination);
        else
            new TestContent(Name).Fill(destination, offset);
    }

    private byte[] Text()
    {
        var content = new TestContent(Name);
        var text = new StringBuilder(Length + 64);
        for (int line = 1; text.Length < Length; line++)
        {
            string word = Convert.ToHexStringLower(content.ToArray(line * WordBytes, WordBytes));
            text.Append(CultureInfo.InvariantCulture, $"{Name}, line {line}: {word}\n");
        }

        return Encoding.ASCII.GetBytes(text.ToString(0, Length));
    }
}
