namespace SmartCity;

/// <summary>
/// A table of columns with small functions. One dataset feeds the table page, every export, the open data, the map and
/// the reports. It lives at <c>/data/{key}</c> as a page and at <c>/data/{key}.csv</c>, <c>.json</c>, <c>.geojson</c>.
/// </summary>
public abstract record Dataset(string Key, Text Title, IReadOnlyList<string> Topics) : Contribution(Key, Title)
{
    /// <summary>What it holds, in a sentence or two.</summary>
    public required Text Summary { get; init; }
    /// <summary>Key of the feed that says as of when and who; null when the rows are the platform's own.</summary>
    public string? Feed { get; init; }
    /// <summary>In <see cref="Licence"/>: whatever the city publishes under, as its pack says.</summary>
    public const string CityLicence = "city";
    /// <summary>SPDX or national licence code under which it is published; empty when it is not.</summary>
    public string Licence { get; init; } = "";
    /// <summary>The columns, in order.</summary>
    public abstract IReadOnlyList<Column> Columns { get; }
    /// <summary>The page that each row has of its own; null when rows have none. Search finds them by their names.</summary>
    public RowPage? Page { get; init; }
    /// <summary>Filters besides those by column that the rows understand.</summary>
    public IReadOnlyList<Filter> Filters { get; init; } = [];
    /// <summary>Key of the column whose value is an area's code, or null.</summary>
    public Column? AreaColumn => Columns.FirstOrDefault(c => c.Kind == ColumnKind.Area);

    /// <summary>The rows for a query: the filters of <see cref="Filters"/> are applied by the dataset, the rest by the shell.</summary>
    public abstract Task<IReadOnlyList<object>> Rows(DatasetContext context);

    /// <summary>A dataset of rows of a type.</summary>
    public static Dataset Of<T>(string key, Text title, IReadOnlyList<string> topics, Text summary,
        Func<DatasetContext, Task<IReadOnlyList<T>>> rows, params Column<T>[] columns) where T : class =>
        new Dataset<T>(key, title, topics, rows, columns) { Summary = summary };
}

internal sealed record Dataset<T>(string Key, Text Title, IReadOnlyList<string> Topics, Func<DatasetContext, Task<IReadOnlyList<T>>> Read, IReadOnlyList<Column<T>> Of)
    : Dataset(Key, Title, Topics) where T : class
{
    public override IReadOnlyList<Column> Columns => Of;
    public override async Task<IReadOnlyList<object>> Rows(DatasetContext context) => await Read(context);
}

/// <summary>Where the rows of a dataset are at home.</summary>
/// <param name="Name">What people call a row.</param>
/// <param name="Url">Its page, without the language: <c>/indicators/fine-dust</c>.</param>
public sealed record RowPage(Func<object, Text> Name, Func<object, string> Url)
{
    /// <summary>Address of a picture of this very moment, such as a camera's; null when rows have none. Who may see the row may see it.</summary>
    public Func<object, string>? Picture { get; init; }

    /// <summary>Of rows of a type.</summary>
    public static RowPage Of<T>(Func<T, Text> name, Func<T, string> url, Func<T, string>? picture = null) =>
        new(r => name((T)r), r => url((T)r)) { Picture = picture is null ? null : r => picture((T)r) };
}

/// <summary>What a dataset's rows may use.</summary>
/// <param name="Services">The scope of the request.</param>
/// <param name="City">The city.</param>
/// <param name="Feeds">What the feeds have brought.</param>
/// <param name="Query">Filter values by name, already checked against <see cref="Dataset.Filters"/>.</param>
/// <param name="Now">The moment of the query.</param>
/// <param name="Cancel">Stops the work.</param>
public sealed record DatasetContext(IServiceProvider Services, ICity City, IFeeds Feeds, IReadOnlyDictionary<string, string> Query, DateTimeOffset Now, CancellationToken Cancel);

/// <summary>A choice that the reader of a dataset can make, besides a value of a column.</summary>
/// <param name="Name">Name in the query: lower-case letters.</param>
/// <param name="Title">What the form says.</param>
/// <param name="Choices">Values and their words; the first is the default.</param>
public sealed record Filter(string Name, Text Title, Func<ICity, IReadOnlyList<KeyValuePair<string, Text>>> Choices);

/// <summary>What a column's values are.</summary>
public enum ColumnKind
{
    /// <summary>Plain text.</summary>
    Text,
    /// <summary>A number with a unit.</summary>
    Number,
    /// <summary>An instant.</summary>
    Time,
    /// <summary>The code of an area.</summary>
    Area,
    /// <summary>A point.</summary>
    Place,
}

/// <summary>A column of a dataset.</summary>
/// <param name="Key">Name in files and queries: stable, lower-case.</param>
/// <param name="Title">Head of the table.</param>
/// <param name="Kind">What its values are.</param>
/// <param name="Unit">UCUM code for numbers; else empty.</param>
/// <param name="Decimals">Digits after the point when shown; files carry the full value.</param>
public abstract record Column(string Key, Text Title, ColumnKind Kind, string Unit, int Decimals)
{
    /// <summary>The value of a row: string, double, <see cref="DateTimeOffset"/>, <see cref="SmartCity.Place"/> or <see cref="SmartCity.Text"/>; null when missing.</summary>
    public abstract object? Of(object row);

    /// <summary>A text column.</summary>
    public static Column<T> Text<T>(string key, Text title, Func<T, object?> of) => new(key, title, ColumnKind.Text, "", 0, of);
    /// <summary>A number column.</summary>
    public static Column<T> Number<T>(string key, Text title, string unit, Func<T, double?> of, int decimals = 0) => new(key, title, ColumnKind.Number, unit, decimals, r => of(r));
    /// <summary>A time column.</summary>
    public static Column<T> Time<T>(string key, Text title, Func<T, DateTimeOffset?> of) => new(key, title, ColumnKind.Time, "", 0, r => of(r));
    /// <summary>A column with the code of an area.</summary>
    public static Column<T> Area<T>(string key, Text title, Func<T, string?> of) => new(key, title, ColumnKind.Area, "", 0, of);
    /// <summary>A column with a point.</summary>
    public static Column<T> Place<T>(string key, Text title, Func<T, Place?> of) => new(key, title, ColumnKind.Place, "", 0, r => of(r));
}

/// <summary>A column of rows of a type.</summary>
public sealed record Column<T>(string Key, Text Title, ColumnKind Kind, string Unit, int Decimals, Func<T, object?> Read) : Column(Key, Title, Kind, Unit, Decimals)
{
    /// <inheritdoc/>
    public override object? Of(object row) => Read((T)row);
}

/// <summary>Reads another module's dataset by key, for the current reader.</summary>
public interface IDatasets
{
    /// <summary>Every dataset of this city that the reader may see.</summary>
    IReadOnlyList<Dataset> All { get; }
    /// <summary>The dataset, or null when this city has none of that key or the reader may not see it.</summary>
    Dataset? Find(string key);
    /// <summary>Its rows with filters of the dataset and of its columns; empty when <see cref="Find"/> gives null.</summary>
    Task<IReadOnlyList<object>> Rows(string key, IReadOnlyDictionary<string, string>? query = null, CancellationToken cancel = default);
}
