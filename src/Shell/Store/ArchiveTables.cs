using System.Data.Common;
using System.Globalization;
using static SmartCity.Shell.Store.Sql;

namespace SmartCity.Shell.Store;

/// <summary>The files of a bundle: which table each holds, and how its columns are written so that any tool reads them.</summary>
internal sealed record ArchiveTable(string Name, string Time, bool OfSeries, IReadOnlyList<ArchiveTable.Column> Columns)
{
    public enum Kind { Text, MaybeText, Time, MaybeTime, Whole, Real, MaybeReal, Quality, Status, Outcome }

    public sealed record Column(string File, string Table, Kind Kind);

    private static readonly Column[] SeriesKey = [new("feed", "Feed", Kind.Text), new("thing", "Thing", Kind.Text), new("property", "Property", Kind.Text)];

    public static ArchiveTable Observations { get; } = new("observations", "ObservedAt", true,
    [
        .. SeriesKey, new("observed_at", "ObservedAt", Kind.Time), new("observed_until", "ObservedUntil", Kind.Time), new("fetched_at", "FetchedAt", Kind.Time), new("value", "Value", Kind.MaybeReal), new("quality", "Quality", Kind.Quality),
    ]);

    private static readonly Column[] Sums = [new("count", "Count", Kind.Whole), new("sum", "Sum", Kind.Real), new("min", "Min", Kind.Real), new("max", "Max", Kind.Real)];
    private static readonly Column[] Document =
    [
        new("feed", "Feed", Kind.Text), new("id", "Id", Kind.Text), new("title", "Title", Kind.Text), new("link", "Link", Kind.MaybeText), new("published", "Published", Kind.Time), new("summary", "Summary", Kind.Text),
        new("language", "Language", Kind.MaybeText), new("attributes", "Attributes", Kind.Text), new("fetched_at", "FetchedAt", Kind.Time),
    ];

    /// <summary>What stays in the database too, and is copied so that a bundle says everything of its month.</summary>
    public static IReadOnlyList<ArchiveTable> Copied { get; } =
    [
        new("hours", "Hour", true, [.. SeriesKey, new("hour", "Hour", Kind.Time), .. Sums, new("changed_at", "ChangedAt", Kind.Time)]),
        new("days", "Day", true, [.. SeriesKey, new("day", "Day", Kind.Time), .. Sums]),
        new("events", "FetchedAt", false,
        [
            new("feed", "Feed", Kind.Text), new("id", "Id", Kind.Text), new("version", "Version", Kind.Whole), new("source_version", "Said", Kind.Whole), new("status", "Status", Kind.Status), new("kind", "Kind", Kind.Text),
            new("reported_at", "ReportedAt", Kind.Time), new("fetched_at", "FetchedAt", Kind.Time), new("valid_until", "Until", Kind.MaybeTime), new("expires", "Expires", Kind.MaybeTime), new("hash", "Hash", Kind.Whole), new("body", "Body", Kind.Text),
        ]),
        new("things", "From", false, [new("feed", "Feed", Kind.Text), new("key", "Key", Kind.Text), new("valid_from", "From", Kind.Time), new("valid_until", "Until", Kind.MaybeTime), new("body", "Body", Kind.Text)]),
        new("figures", "FetchedAt", false,
        [
            new("feed", "Feed", Kind.Text), new("indicator", "Indicator", Kind.Text), new("area", "Area", Kind.Text), new("period", "Period", Kind.Text), new("value", "Value", Kind.MaybeReal), new("unit", "Unit", Kind.Text),
            new("target", "Target", Kind.MaybeReal), new("fetched_at", "FetchedAt", Kind.Time), new("valid_until", "Until", Kind.MaybeTime),
        ]),
        new("documents", "FetchedAt", false, Document),
        new("document_versions", "FetchedAt", false, [.. Document, new("valid_until", "Until", Kind.Time)]),
        new("fetches", "From", false, [new("feed", "Feed", Kind.Text), new("from", "From", Kind.Time), new("until", "Until", Kind.Time), new("count", "Count", Kind.Whole), new("outcome", "Outcome", Kind.Outcome), new("detail", "Detail", Kind.MaybeText)]),
    ];

    /// <summary>The question for the rows of a time, in the order of the time.</summary>
    /// <param name="database">Where.</param>
    /// <param name="where">A further condition on the table, which is called <c>t</c>.</param>
    public string Select(CityDatabase database, string where) =>
        $"SELECT {string.Join(", ", Columns.Select(c => $"{(OfSeries && SeriesKey.Contains(c) ? "s" : "t")}.{Q(c.Table)}"))} FROM {database.T(Name)} t {(OfSeries ? $"JOIN {database.T("series")} s ON s.{Q("Id")} = t.{Q("SeriesId")} " : "")}" +
        $"WHERE t.{Q(Time)} >= @from AND t.{Q(Time)} < @to{where} ORDER BY t.{Q(Time)}";

    /// <summary>Columns of the table itself, and how its rows are told from each other.</summary>
    public IReadOnlyList<Column> Own => OfSeries ? [.. Columns.Skip(SeriesKey.Length)] : Columns;

    public void WriteHead(TextWriter to) => to.Write(string.Join(',', Columns.Select(c => c.File)) + "\r\n");

    public void Write(DbDataReader row, TextWriter to)
    {
        for (var i = 0; i < Columns.Count; i++)
        {
            if (i > 0) to.Write(',');
            if (row.IsDBNull(i)) continue;
            switch (Columns[i].Kind)
            {
                case Kind.Text or Kind.MaybeText: Quoted(row.GetString(i), to); break;
                case Kind.Time or Kind.MaybeTime: to.Write(row.Instant(i).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture)); break;
                case Kind.Whole: to.Write(row.GetInt64(i).ToString(CultureInfo.InvariantCulture)); break;
                case Kind.Real or Kind.MaybeReal: to.Write(row.GetDouble(i).ToString("R", CultureInfo.InvariantCulture)); break;
                case Kind.Quality: to.Write(Word((Quality)row.GetInt16(i))); break;
                case Kind.Status: to.Write(Word((EventStatus)row.GetInt16(i))); break;
                default: to.Write(Word((FetchOutcome)row.GetInt16(i))); break;
            }
        }
        to.Write("\r\n");
    }

    private static string Word(Enum value) => value.ToString().ToLowerInvariant();

    private static void Quoted(string text, TextWriter to)
    {
        if (text.AsSpan().IndexOfAny(",\"\r\n") < 0 && text.AsSpan().Trim().Length == text.Length) to.Write(text);
        else
        {
            to.Write('"');
            to.Write(text.Replace("\"", "\"\"", StringComparison.Ordinal));
            to.Write('"');
        }
    }

    /// <summary>A field of a file as the database takes it.</summary>
    public static object? Read(Kind kind, string field) => kind switch
    {
        Kind.Text => field,
        Kind.MaybeText => field.Length == 0 ? null : field,
        Kind.Time => Ms(field),
        Kind.MaybeTime => field.Length == 0 ? null : Ms(field),
        Kind.Whole => long.Parse(field, CultureInfo.InvariantCulture),
        Kind.Real => double.Parse(field, CultureInfo.InvariantCulture),
        Kind.MaybeReal => field.Length == 0 ? null : double.Parse(field, CultureInfo.InvariantCulture),
        Kind.Quality => (short)Enum.Parse<Quality>(field, ignoreCase: true),
        Kind.Status => (short)Enum.Parse<EventStatus>(field, ignoreCase: true),
        _ => (short)Enum.Parse<FetchOutcome>(field, ignoreCase: true),
    };

    private static long Ms(string field) => DateTimeOffset.Parse(field, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal).Ms();
}
