namespace Hctef.Fetching;

/// <summary>
/// Where a transfer's bytes go. All members are called by the transfer, one at a time; offsets are those of the file.
/// </summary>
internal interface ITransferSink
{
    /// <summary>Whether the bytes go where others find them.</summary>
    bool IsShared { get; }

    /// <summary>Called before each request: returns when its bytes are wanted.</summary>
    ValueTask WantedAsync(CancellationToken cancellationToken);

    /// <summary>Called when a request has failed and is about to be waited with: whether nobody wants its bytes any more.</summary>
    bool EndsUnwanted();

    /// <summary>
    /// The memory that the next bytes go to; none when others bring them. It belongs to the transfer until the receive has ended.
    /// </summary>
    Memory<byte> GetBuffer(long offset, long end);

    /// <summary>Bytes up to an offset have been received; the reply goes on to <paramref name="replyEnd"/>.</summary>
    /// <returns>False to give up this reply and its permit; the rest is asked when it is wanted again.</returns>
    ValueTask<bool> ReceivedAsync(long offset, long replyEnd, CancellationToken cancellationToken);

    /// <summary>The reply brought all its bytes but did not end there: those that waited for its end are not to be trusted.</summary>
    /// <returns>The offset from which on bytes are asked again.</returns>
    long Rewind();

    /// <summary>The reply ended exactly where it said.</summary>
    ValueTask ReplyEndedAsync(long offset);

    /// <summary>Nothing more will come. Called once, also when all has come; a receive may still be pending.</summary>
    /// <param name="failure">Why, or null when all has come.</param>
    void Finished(HctefException? failure);

    /// <summary>No receive is pending any more: the memory is the sink's again. Called once, after <see cref="Finished"/>.</summary>
    void Ended();
}
