using System.Globalization;
using SmartCity.Shell.City;

namespace SmartCity.Shell.Export;

/// <summary>What a document says of itself before its parts.</summary>
/// <param name="Title">Its title.</param>
/// <param name="Language">Two-letter code.</param>
/// <param name="City">Name of the city, in that language.</param>
/// <param name="Zone">The zone of its times.</param>
/// <param name="MadeAt">When it was made.</param>
/// <param name="Facts">Source, as of, filter, address: label and text, in order.</param>
internal sealed record DocumentHead(string Title, string Language, string City, TimeZoneInfo Zone, DateTimeOffset MadeAt, IReadOnlyList<KeyValuePair<string, string>> Facts);

/// <summary>A table with its rows read.</summary>
/// <param name="Title">Its title; empty where the document's says it.</param>
/// <param name="Columns">The columns.</param>
/// <param name="Rows">The rows, read once, in order.</param>
/// <param name="Note">What stands below: how many rows, as of when, who says so.</param>
/// <param name="Total">Rows there are.</param>
internal sealed record FilledTable(string Title, IReadOnlyList<Column> Columns, IEnumerable<object> Rows, string Note, int Total) : ReportPart
{
    /// <summary>Its own page, below the language; null when it is on it.</summary>
    public string? Url { get; init; }
}

/// <summary>A kind of file that a document can be written as. The one seam between what is printed and who prints it.</summary>
internal interface IDocumentFormat
{
    /// <summary>Ending of the file's name, without the dot.</summary>
    string Ending { get; }
    string ContentType { get; }
    /// <summary>Begins a document; what it does not hold back is written at once.</summary>
    IDocumentWriter Begin(DocumentHead head, Stream to);
}

/// <summary>A document that is being written.</summary>
internal interface IDocumentWriter : IDisposable
{
    /// <summary>Adds a part. Tables come as <see cref="FilledTable"/>.</summary>
    void Add(ReportPart part);
    /// <summary>Writes the rest. Without it the file is not whole.</summary>
    void End();
}

/// <summary>Values as people read them, the same on a page and on paper.</summary>
internal sealed class Cells(CityPack city)
{
    public ICity City => city;

    public string Show(Column column, object row) => column.Of(row) switch
    {
        null => "—",
        double number => Units.Number(number, column.Decimals),
        DateTimeOffset at => When(at),
        string code when column.Kind == ColumnKind.Area => city.Area(code)?.Name.ToString() ?? code,
        Place place => string.Create(CultureInfo.InvariantCulture, $"{place.Latitude:0.####}, {place.Longitude:0.####}"),
        var other => other.ToString() ?? "",
    };

    public static string Head(Column column) => column.Unit.Length == 0 ? column.Title.ToString() : $"{column.Title} ({Units.Symbol(column.Unit)})";

    /// <summary>An instant in the city's time.</summary>
    public string When(DateTimeOffset at) => ((ICity)city).Local(at).ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
}
