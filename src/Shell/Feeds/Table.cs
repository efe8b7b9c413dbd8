using System.Globalization;

namespace SmartCity.Shell.Feeds;

/// <summary>What a cell of an answer holds.</summary>
internal enum CellKind : byte { None, Text, Number }

/// <summary>One cell: nothing, a text or a finite number. A JSON null is an empty text, so that its column exists.</summary>
internal readonly record struct Cell(CellKind Kind, string? Text, double Number)
{
    public static Cell Of(string text) => new(CellKind.Text, text, 0);
    public static Cell Of(double number) => new(CellKind.Number, null, number);

    /// <summary>The cell as text, trimmed; numbers invariantly and as short as they can be read back.</summary>
    public override string ToString() => Kind switch { CellKind.Text => Text!.Trim(), CellKind.Number => Number.ToString("R", CultureInfo.InvariantCulture), _ => "" };
}

/// <summary>The rows of one answer in columns, or what it came to instead. A row may be shorter than the columns.</summary>
internal sealed class Table
{
    private readonly Dictionary<string, int> _index = new(StringComparer.Ordinal);
    private readonly List<string> _columns = [];

    public FetchOutcome Outcome { get; init; }
    public string? Detail { get; init; }
    /// <summary>True when the answer is well and the place of its rows is not there.</summary>
    public bool NoRows { get; init; }
    /// <summary>Where the next page is: an address or a token, as the envelope says.</summary>
    public string? Next { get; set; }
    /// <summary>When the whole answer says it was made; null when it does not.</summary>
    public DateTimeOffset? MadeAt { get; set; }
    /// <summary>UCUM code of the numbers of a column, where the source says one for all of them.</summary>
    public Dictionary<string, string> Units { get; } = new(StringComparer.Ordinal);
    /// <summary>Columns that are numbers, where the format tells them from texts of digits; null where it does not.</summary>
    public HashSet<string>? Numeric { get; init; }
    /// <summary>What could not be used, in plain words, for the health page.</summary>
    public List<string> Oddities { get; } = [];

    public IReadOnlyList<string> Columns => _columns;
    public List<Cell[]> Rows { get; } = [];

    public static Table Of(FetchOutcome outcome, string? detail = null) => new() { Outcome = outcome, Detail = detail };

    /// <summary>Position of a column, or -1.</summary>
    public int Find(string column) => _index.GetValueOrDefault(column, -1);

    /// <summary>Position of a column, which is added when it is new.</summary>
    /// <exception cref="InvalidDataException">There are more than <see cref="MaxColumns"/>.</exception>
    public int Column(string name)
    {
        if (_index.TryGetValue(name, out var at)) return at;
        if (_columns.Count == MaxColumns) throw new InvalidDataException($"more than {MaxColumns} columns");
        _columns.Add(name);
        return _index[name] = _columns.Count - 1;
    }

    public const int MaxColumns = 400, MaxRows = 100_000;

    /// <summary>A cell, nothing where the row is shorter or the column is not there.</summary>
    public static Cell At(Cell[] row, int column) => (uint)column < (uint)row.Length ? row[column] : default;

    /// <summary>Appends another page of the same source.</summary>
    public void Append(Table page)
    {
        var to = page.Columns.Select(Column).ToArray();
        foreach (var row in page.Rows)
        {
            var moved = new Cell[_columns.Count];
            for (var i = 0; i < row.Length; i++) moved[to[i]] = row[i];
            Rows.Add(moved);
        }
        MadeAt ??= page.MadeAt;
        Oddities.AddRange(page.Oddities.Except(Oddities));
    }
}

/// <summary>Collects the cells of one row while its columns are still being discovered.</summary>
internal sealed class RowOf(Table table, IReadOnlySet<string>? only = null)
{
    private readonly List<(int Column, Cell Cell)> _cells = [];

    public void Set(string column, Cell cell) { if (only?.Contains(column) != false) _cells.Add((table.Column(column), cell)); }
    public void Set(string column, string? text) { if (text is not null) Set(column, Cell.Of(text)); }
    public void Set(string column, double number) { if (double.IsFinite(number)) Set(column, Cell.Of(number)); }
    /// <summary>Takes over the cells of a row of the same table.</summary>
    public void Set(Cell[] row) { for (var i = 0; i < row.Length; i++) if (row[i].Kind != CellKind.None) _cells.Add((i, row[i])); }
    public bool Has(string column) => table.Find(column) is >= 0 and var at && _cells.Exists(c => c.Column == at);
    public int Count => _cells.Count;

    /// <summary>Ends the row; a row without a cell is none.</summary>
    public void Add()
    {
        if (_cells.Count == 0) return;
        if (table.Rows.Count >= Table.MaxRows) throw new InvalidDataException($"more than {Table.MaxRows} rows");
        var row = new Cell[_cells.Max(c => c.Column) + 1];
        foreach (var (column, cell) in _cells) if (row[column].Kind == CellKind.None) row[column] = cell;
        table.Rows.Add(row);
    }
}
