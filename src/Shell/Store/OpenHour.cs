using System.Runtime.InteropServices;

namespace SmartCity.Shell.Store;

/// <summary>Number, sum, least and greatest of values.</summary>
internal readonly record struct Sums(int Count, double Sum, double Min, double Max)
{
    public Sums With(double value) => double.IsNaN(value) ? this
        : Count == 0 ? new(1, value, value, value)
        : new(Count + 1, Sum + value, Math.Min(Min, value), Math.Max(Max, value));
}

/// <summary>One series within an hour that is being filled: its sums, so that each time counts once by its latest correction, and its latest values, so
/// that what is said again is not stored again. Earlier values are let go, so that memory does not grow with the hour; whoever needs them (<see cref="Lacks"/>)
/// reads the hour again.</summary>
internal sealed class OpenHour
{
    /// <summary>Values that are kept when the earlier ones are let go.</summary>
    public const int Kept = 2;

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Said(long At, long Until, long FetchedAt, double Value, short Quality);

    // in the order of time: nearly every value is the newest
    private readonly List<Said> _said = [];
    private Sums _gone;
    private long _goneUntil = long.MinValue;

    /// <summary>True when single values of it have been deleted: its sums cannot be made again from what is left.</summary>
    public bool Thinned { get; set; }
    public Sums All { get; private set; }
    /// <summary>The latest fetch that had a part in it.</summary>
    public long ChangedAt { get; private set; }
    /// <summary>Number of the batch that has touched it last.</summary>
    public long Batch { get; set; }
    /// <summary>How many single values it holds.</summary>
    public int Held => _said.Count;

    /// <summary>True when a value at this time may have been said and let go.</summary>
    /// <param name="at">Start of what was observed.</param>
    public bool Lacks(long at) => at <= _goneUntil;

    /// <summary>Lets go of all but the latest values.</summary>
    public void LetGo()
    {
        if (_said.Count <= 2 * Kept) return;
        var going = _said.Count - Kept;
        foreach (var said in CollectionsMarshal.AsSpan(_said)[..going]) _gone = _gone.With(said.Value);
        _goneUntil = _said[going - 1].At;
        _said.RemoveRange(0, going);
        if (_said.Capacity > 4 * Kept) _said.Capacity = 2 * Kept + 1;
    }

    /// <summary>Takes a value that it does not lack. False when the same was known already.</summary>
    /// <param name="at">Start of what was observed.</param>
    /// <param name="until">Its end.</param>
    /// <param name="fetchedAt">When it was fetched.</param>
    /// <param name="value">The value, or not a number when it is missing.</param>
    /// <param name="quality">How far it can be trusted.</param>
    public bool Take(long at, long until, long fetchedAt, double value, short quality)
    {
        var said = new Said(at, until, fetchedAt, value, quality);
        var index = _said.Count;
        if (index > 0 && at <= _said[^1].At) index = Find(at);
        if (index < 0) _said.Insert(~index, said);
        else if (index == _said.Count) _said.Add(said);
        else
        {
            var known = _said[index];
            if (known.Until == until && known.Quality == quality && known.Value.Equals(value)) return false;
            // a record for the past; what counts is the latest
            if (fetchedAt < known.FetchedAt) return true;
            _said[index] = said;
            if (!double.IsNaN(known.Value))
            {
                All = _gone;
                foreach (var left in _said) All = All.With(left.Value);
                ChangedAt = Math.Max(ChangedAt, fetchedAt);
                return true;
            }
        }
        ChangedAt = Math.Max(ChangedAt, fetchedAt);
        All = All.With(value);
        return true;
    }

    private int Find(long at)
    {
        var (low, high) = (0, _said.Count - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            if (_said[middle].At == at) return middle;
            if (_said[middle].At < at) low = middle + 1;
            else high = middle - 1;
        }
        return ~low;
    }
}

/// <summary>Days of a city: from midnight to midnight of its zone, in UTC milliseconds.</summary>
internal sealed class CityDays(TimeZoneInfo zone)
{
    private readonly Dictionary<long, (long Start, long End)> _ofHour = [];

    public static DateTimeOffset Start(DateTimeOffset at, TimeZoneInfo zone)
    {
        var date = TimeZoneInfo.ConvertTime(at, zone).Date;
        return new DateTimeOffset(date, zone.GetUtcOffset(date)).ToUniversalTime();
    }

    /// <summary>The day in which an hour begins.</summary>
    public (long Start, long End) Of(long hour)
    {
        if (_ofHour.TryGetValue(hour, out var day)) return day;
        if (_ofHour.Count > 5_000) _ofHour.Clear();
        var start = Start(Sql.At(hour), zone);
        return _ofHour[hour] = (start.Ms(), Start(start.AddHours(36), zone).Ms());
    }
}
