namespace Hctef.Fetching;

/// <summary>
/// Those who wait for a permit at one priority: a line for each file, first come, first served, and the files in turns. All in O(1). The
/// gate's lock guards it.
/// </summary>
internal sealed class PermitQueue
{
    private readonly Dictionary<object, LinkedListNode<LinkedList<HostPermit>>> _lines = new(ReferenceEqualityComparer.Instance);
    private readonly LinkedList<LinkedList<HostPermit>> _turns = new();

    public int Count { get; private set; }

    public void Enqueue(HostPermit permit)
    {
        if (!_lines.TryGetValue(permit.File, out LinkedListNode<LinkedList<HostPermit>>? line))
        {
            line = _turns.AddLast(new LinkedList<HostPermit>());
            _lines.Add(permit.File, line);
        }

        line.Value.AddLast(permit.Place);
        Count++;
    }

    /// <summary>Takes the next out of the queue, which must not be empty. Its file's next turn comes after the others'.</summary>
    public HostPermit Dequeue()
    {
        LinkedListNode<LinkedList<HostPermit>> line = _turns.First!;
        HostPermit next = line.Value.First!.Value;
        Remove(next);
        if (line.List is not null)
        {
            _turns.Remove(line);
            _turns.AddLast(line);
        }

        return next;
    }

    public void Remove(HostPermit permit)
    {
        LinkedListNode<LinkedList<HostPermit>> line = _lines[permit.File];
        line.Value.Remove(permit.Place);
        Count--;
        if (line.Value.Count == 0)
        {
            _turns.Remove(line);
            _lines.Remove(permit.File);
        }
    }
}
