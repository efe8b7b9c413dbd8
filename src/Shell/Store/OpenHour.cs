using System.Runtime.InteropServices;

namespace SmartCity.Shell.Store;

/// <summary>The values of one series within an hour that is being filled, so that its sum counts each time once, by its latest
/// correction, and what is said again is not stored again.</summary>
internal sealed class OpenHour
{
    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Said(long At, long Until, long FetchedAt, double Value, short Quality);

    // in the order of time: nearly every value is the newest
    private readonly List<Said> _said = [];

    /// <summary>True when single values of it have been deleted: its sums cannot be made again from what is left.</summary>
    public bool Thinned { get; set; }
    public int Count { get; private set; }
    public double Sum { get; private set; }
    public double Min { get; private set; }
    public double Max { get; private set; }
    /// <summary>The latest fetch that had a part in it.</summary>
    public long ChangedAt { get; private set; }
    /// <summary>Number of the batch that has touched it last.</summary>
    public long Batch { get; set; }

    /// <summary>Takes a value. False when the same was known already.</summary>
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
                Recount();
                ChangedAt = Math.Max(ChangedAt, fetchedAt);
                return true;
            }
        }
        ChangedAt = Math.Max(ChangedAt, fetchedAt);
        if (!double.IsNaN(value)) Add(value);
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

    private void Add(double value)
    {
        (Min, Max) = Count == 0 ? (value, value) : (Math.Min(Min, value), Math.Max(Max, value));
        Sum += value;
        Count++;
    }

    private void Recount()
    {
        (Count, Sum, Min, Max) = (0, 0, 0, 0);
        foreach (var said in _said) if (!double.IsNaN(said.Value)) Add(said.Value);
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
