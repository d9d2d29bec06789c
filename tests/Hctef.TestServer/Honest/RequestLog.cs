using System.Collections;
using Hctef.TestServer.Gates;
using Microsoft.AspNetCore.Http;

namespace Hctef.TestServer.Honest;

/// <summary>The requests that arrived, in their order. Enumerating shows a snapshot. The lock guards list and count.</summary>
public sealed class RequestLog : IReadOnlyList<RequestRecord>
{
    private readonly Lock _lock = new();
    private readonly List<RequestRecord> _records = [];
    private readonly CountSignal _arrivals = new();

    /// <summary>False: requests are only counted, for runs of millions of them.</summary>
    public bool KeepsRecords { get; set; } = true;

    /// <summary>Requests kept here; <see cref="HonestServer.RequestCount"/> counts those not kept, too.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
                return _records.Count;
        }
    }

    internal int Arrivals => _arrivals.Count;

    public RequestRecord this[int index]
    {
        get
        {
            lock (_lock)
                return _records[index];
        }
    }

    /// <summary>Forgets all requests and counts from zero.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            _records.Clear();
            _arrivals.Reset();
        }
    }

    public IEnumerator<RequestRecord> GetEnumerator()
    {
        lock (_lock)
            return _records.ToList().GetEnumerator();
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    internal RequestRecord Add(HttpContext context)
    {
        lock (_lock)
        {
            var record = new RequestRecord(_arrivals.Count + 1, context.Request, context.Connection.Id);
            if (KeepsRecords)
                _records.Add(record);
            _arrivals.Increment();
            return record;
        }
    }

    internal Task WhenArrived(int requests) => _arrivals.WhenAtLeast(requests);
}
