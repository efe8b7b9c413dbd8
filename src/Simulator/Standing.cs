namespace SmartCity.Simulator;

/// <summary>How a source stands: what it was asked and what is wrong with it. Safe for many requests at once.</summary>
internal sealed class Standing(Source source)
{
    private readonly Lock _gate = new();
    private Fault _fault;
    private DateTimeOffset? _until;
    private DateTimeOffset _since;
    private int _percent = 100, _seen, _requests;
    private bool _oldNames = source.Naming == "old";
    private DateTimeOffset? _last;

    public Source Source { get; } = source;
    public int Requests { get { lock (_gate) return _requests; } }
    public bool OldNames { get { lock (_gate) return _oldNames; } set { lock (_gate) _oldNames = value; } }

    public void Set(Fault fault, DateTimeOffset now, TimeSpan? duration, int percent)
    {
        lock (_gate) (_fault, _since, _until, _percent, _seen) = (fault, now, duration is { } d ? now + d : null, percent, 0);
    }

    /// <summary>Counts a request, and says what is wrong with its answer and which moment it is about.</summary>
    public (Fault Fault, DateTimeOffset Moment) Ask(DateTimeOffset now)
    {
        lock (_gate)
        {
            _requests++;
            _last = now;
            if (_until <= now) (_fault, _until) = (Fault.None, null);
            if (_fault == Fault.None) return (Fault.None, now);
            // spread evenly, not by chance: at 50 % every second request fails
            var hit = (long)_seen * _percent / 100 != (long)(_seen + 1) * _percent / 100;
            _seen++;
            if (!hit) return (Fault.None, now);
            return (_fault, _fault == Fault.Frozen ? _since : now);
        }
    }

    /// <summary>For people.</summary>
    public StandingNow Now(DateTimeOffset now)
    {
        lock (_gate)
        {
            var faulty = !(_until <= now) && _fault != Fault.None;
            return new(Source.Id, Source.Title, [.. Source.Patterns.Select(p => p.Text)], _requests, _last,
                faulty ? _fault : Fault.None, faulty ? _until : null, faulty ? _percent : 100, _oldNames ? "old" : "new");
        }
    }
}

/// <summary>A source at a moment, as the control page and its JSON tell it.</summary>
/// <param name="Id">Key of the source.</param>
/// <param name="Title">What it serves.</param>
/// <param name="Paths">Its addresses.</param>
/// <param name="Requests">So far.</param>
/// <param name="Last">Instant of the last request.</param>
/// <param name="Fault">What is wrong with it.</param>
/// <param name="Until">When that ends; null when it is until somebody ends it.</param>
/// <param name="Percent">Share of requests that get the fault.</param>
/// <param name="Naming"><c>new</c> or <c>old</c>.</param>
internal sealed record StandingNow(string Id, string Title, IReadOnlyList<string> Paths, int Requests, DateTimeOffset? Last, Fault Fault, DateTimeOffset? Until, int Percent, string Naming);
