namespace Hctef.Tests.Caching;

/// <summary>What S3-FIFO is measured against.</summary>
internal sealed class LeastRecentlyUsed(int capacity)
{
    private readonly LinkedList<long> _order = new();
    private readonly Dictionary<long, LinkedListNode<long>> _nodes = [];

    /// <summary>Visits a block; true if it was there.</summary>
    public bool Visit(long block)
    {
        if (_nodes.TryGetValue(block, out LinkedListNode<long>? node))
        {
            _order.Remove(node);
            _order.AddLast(node);
            return true;
        }

        if (_nodes.Count == capacity)
        {
            _nodes.Remove(_order.First!.Value);
            _order.RemoveFirst();
        }

        _nodes.Add(block, _order.AddLast(block));
        return false;
    }
}
