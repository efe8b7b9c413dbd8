using System.Globalization;

namespace SmartCity.Shell.Feeds.Mapping;

/// <summary>Instants as sources write them.</summary>
internal static class Moments
{
    private static readonly CultureInfo[] Invariant = [CultureInfo.InvariantCulture];
    private static readonly DateTimeOffset First = new(1900, 1, 1, 0, 0, 0, TimeSpan.Zero), Last = new(2200, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Reads a time by the first format that fits; null when none does or the time is not of these centuries.</summary>
    /// <returns>The instant, and its end where the text is an interval.</returns>
    public static (DateTimeOffset At, DateTimeOffset? Until)? Read(Cell cell, FeedDescriptor.TimeOf map, TimeZoneInfo zone, IReadOnlyList<string> languages)
    {
        if (cell.Kind == CellKind.None) return null;
        // many thousand vehicles say their time as a number
        var text = cell.Kind == CellKind.Number && map.Format is ["unix" or "unix-ms"] ? "" : cell.ToString();
        foreach (var format in map.Format)
            if (Read(cell, text, format, zone, languages) is { } found) return found.At >= First && found.At < Last ? found : null;
        return null;
    }

    private static (DateTimeOffset At, DateTimeOffset? Until)? Read(Cell cell, string text, string format, TimeZoneInfo zone, IReadOnlyList<string> languages)
    {
        switch (format)
        {
            case "unix" or "unix-ms":
                var seconds = cell.Kind == CellKind.Number ? cell.Number : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var n) ? n : double.NaN;
                if (format == "unix-ms") seconds /= 1000;
                return seconds is > 0 and < 1e11 ? (DateTimeOffset.FromUnixTimeMilliseconds((long)Math.Round(seconds * 1000)), null) : null;
            case "iso":
                var slash = text.IndexOf('/', StringComparison.Ordinal);
                if (slash < 0) return Iso(text, zone) is { } at ? (at, null) : null;
                return Iso(text[..slash], zone) is { } from && Iso(text[(slash + 1)..], zone) is { } to && to >= from ? (from, to) : null;
            case "rfc822": return NewsReader.When(text, zone) is { } when ? (when, null) : null;
        }
        var (clock, days) = Midnight(text, format);
        foreach (var culture in format.Contains("tt", StringComparison.Ordinal) ? [CultureInfo.InvariantCulture, .. languages.Select(CultureInfo.GetCultureInfo)] : Invariant)
        {
            if (format.Contains('z', StringComparison.Ordinal) || format.Contains('K', StringComparison.Ordinal))
            {
                if (DateTimeOffset.TryParseExact(clock, format, culture, DateTimeStyles.AssumeUniversal, out var exact)) return Sane(exact.Year) ? (exact.AddDays(days).ToUniversalTime(), null) : null;
            }
            else if (DateTime.TryParseExact(clock, format, culture, DateTimeStyles.None, out var local)) return Sane(local.Year) && Utc(local.AddDays(days), zone) is { } at ? (at, null) : null;
        }
        return null;
    }

    // year, month and day decide: a bare number is no date
    private static DateTimeOffset? Iso(string text, TimeZoneInfo zone)
    {
        text = text.Trim();
        if (text.Length < 10 || text[4] != '-' || text[7] != '-' || !DateTime.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var at)) return null;
        return Utc(at, zone);
    }

    // at the ends of the calendar a day or an offset leads out of it
    private static bool Sane(int year) => year is >= 1899 and <= 2201;

/// <summary>The instant of a time that bears its zone, else of a local one; null where there is none.</summary>
    internal static DateTimeOffset? Utc(DateTime at, TimeZoneInfo zone) =>
        !Sane(at.Year) ? null : at.Kind != DateTimeKind.Unspecified ? new DateTimeOffset(at).ToUniversalTime() : zone.IsInvalidTime(at) ? null : new DateTimeOffset(at, zone.GetUtcOffset(at)).ToUniversalTime();

    /// <summary>A time in any of the usual spellings: for what an answer says of itself, and for guesses.</summary>
    public static (DateTimeOffset At, DateTimeOffset? Until)? Guess(string text, TimeZoneInfo zone)
    {
        var cell = Cell.Of(text);
        foreach (var format in Spellings)
            if ((format is not ("unix" or "unix-ms") || LooksUnix(text, format)) && Read(cell, text.Trim(), format, zone, []) is { } found && found.At >= First && found.At < Last) return found;
        return null;
    }

    /// <summary>The spellings that are tried where nobody has said which it is, the surest first.</summary>
    public static IReadOnlyList<string> Spellings { get; } =
        ["iso", "unix", "unix-ms", "yyyyMMddHHmmss", "yyyyMMddHHmm", "yyyyMMddHH", "yyyyMMdd", "yyyy-MM-dd HH:mm", "yyyy-MM-dd_HH:mm:ss", "yyyy/MM/dd HH:mm:ss", "yyyy/MM/dd HH:mm", "yyyy.MM.dd HH:mm", "yyyy-MM-dd HH:mm:ss.f", "yyyy-MM-dd tt hh:mm:ss", "rfc822"];

    private static bool LooksUnix(string text, string format) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var n) && (format == "unix" ? n is > 1e9 and < 3e9 : n is > 1e12 and < 3e12);

    // 24:00 of a day is 00:00 of the next; any other minute of hour 24 is an error
    private static (string Text, int Days) Midnight(string text, string format)
    {
        var at = format.IndexOf("HH", StringComparison.Ordinal);
        if (at < 0 || text.Length < at + 2 || text[at] != '2' || text[at + 1] != '4') return (text, 0);
        return text[(at + 2)..].Any(c => char.IsAsciiDigit(c) && c != '0') ? (text, 0) : (string.Concat(text.AsSpan(0, at), "00", text.AsSpan(at + 2)), 1);
    }
}
