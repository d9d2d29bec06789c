namespace Hctef;

public sealed partial class RemoteFileStream
{
    /// <summary>The length of the file in bytes.</summary>
    /// <exception cref="ObjectDisposedException">The stream is closed.</exception>
    public override long Length
    {
        get
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return _cursor.Length;
        }
    }

    /// <summary>The offset of the next byte to read, in bytes from the start of the file; it may lie behind the end.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    /// <exception cref="ObjectDisposedException">The stream is closed.</exception>
    public override long Position
    {
        get
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return _position;
        }

        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            ObjectDisposedException.ThrowIf(_disposed, this);
            _position = value;
        }
    }

    /// <summary>Sets the position, which may lie behind the end of the file; nothing is fetched.</summary>
    /// <param name="offset">The distance in bytes from <paramref name="origin"/>; negative towards the start.</param>
    /// <param name="origin">What <paramref name="offset"/> counts from.</param>
    /// <returns>The new position in bytes from the start of the file.</returns>
    /// <exception cref="IOException">
    /// The position would lie before the start of the file or above <see cref="long.MaxValue"/>; it stays where it was.
    /// </exception>
    /// <exception cref="ArgumentException"><paramref name="origin"/> is none of <see cref="SeekOrigin"/>.</exception>
    /// <exception cref="ObjectDisposedException">The stream is closed.</exception>
    public override long Seek(long offset, SeekOrigin origin)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        long from = origin switch
        {
            SeekOrigin.Begin => 0,
            SeekOrigin.Current => _position,
            SeekOrigin.End => _cursor.Length,
            _ => throw new ArgumentException("The origin is none of SeekOrigin's.", nameof(origin)),
        };

        // from is never negative, so a sum that overflows is negative as well.
        long target = unchecked(from + offset);
        if (target < 0)
            throw new IOException("An attempt was made to move the position before the start of the file or out of its range.");
        return _position = target;
    }
}
