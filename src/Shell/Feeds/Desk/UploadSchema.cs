using System.Globalization;
using System.Text.Json.Nodes;
using SmartCity.Shell.City;
using SmartCity.Shell.Feeds.Mapping;

namespace SmartCity.Shell.Feeds.Desk;

/// <summary>One column that an uploaded file has, as Frictionless data's Table Schema has it.</summary>
/// <param name="Names">The column's name, and others that mean the same.</param>
/// <param name="Type">string, number or datetime.</param>
internal sealed record UploadField(IReadOnlyList<string> Names, string Type, bool Required)
{
    public double? Min { get; init; }
    public double? Max { get; init; }
    /// <summary>The only texts that are allowed; empty for any.</summary>
    public IReadOnlyList<string> Enum { get; init; } = [];
    public FeedDescriptor.TimeOf? Time { get; init; }
    public FeedDescriptor.FieldOf? Field { get; init; }
    public string Unit { get; init; } = "";
}

/// <summary>Something wrong in an uploaded file, by row and column.</summary>
/// <param name="Row">As a spreadsheet counts: the header is 1. 0 for the whole file.</param>
/// <param name="Word">Key of the sentence.</param>
/// <param name="Said">What stands there.</param>
internal sealed record UploadProblem(int Row, string Column, string Word, string Said);

/// <summary>What a file of a feed has to look like, from the descriptor's map: every problem is found before anything is stored.</summary>
internal sealed class UploadSchema
{
    public const int MostProblems = 500;
    private readonly FeedDescriptor.MapOf _map;

    private UploadSchema(FeedPlan plan)
    {
        _map = plan.Descriptor.Map;
        var fields = new List<UploadField>();
        void Text(List<string> names, bool required, IReadOnlyList<string>? only = null) { if (names.Count > 0) fields.Add(new(names, "string", required) { Enum = only ?? [] }); }
        void Time(FeedDescriptor.TimeOf time, bool required) { if (time.From.Count > 0) fields.Add(new(time.From, "datetime", required && time.Absent == "none") { Time = time }); }
        void Word(FeedDescriptor.WordOf word) => Text(word.From, false, word.Words.Count > 0 && word.Else is null ? [.. word.Words.Keys] : null);
        void Number(List<string> names, bool required, double? min = null, double? max = null, FeedDescriptor.FieldOf? field = null, string unit = "") { if (names.Count > 0) fields.Add(new(names, "number", required) { Min = min, Max = max, Field = field, Unit = unit }); }
        switch (plan.Feed.Kind)
        {
            case FeedKind.Events:
                Text(_map.Event.Id, true);
                foreach (var title in _map.Event.Title.Values) Text(title, true);
                foreach (var word in new[] { _map.Event.Kind, _map.Event.Status, _map.Event.Severity, _map.Event.Urgency, _map.Event.Certainty }) Word(word);
                Time(_map.Event.Reported, true);
                Time(_map.Event.Onset, false);
                Time(_map.Event.Expires, false);
                break;
            case FeedKind.Figures:
                Text(_map.Figure.Indicator, true);
                Text(_map.Figure.Period, true);
                Number(_map.Figure.Value, true, unit: _map.Figure.Unit);
                Number(_map.Figure.Target, false, unit: _map.Figure.Unit);
                break;
            case FeedKind.Documents:
                Text(_map.Document.Title, true);
                Time(_map.Document.Published, true);
                break;
            default:
                Text(_map.Thing.From, true);
                Text(_map.Thing.Name, false);
                if (plan.Feed.Kind == FeedKind.Observations) Time(_map.Time, true);
                foreach (var property in plan.Feed.Properties)
                    if (_map.Values.GetValueOrDefault(property.Key) is { } field)
                        Number(field.From, field.Required, property.Min > -1e15 ? property.Min : null, property.Max < 1e15 ? property.Max : null, field, property.Unit);
                break;
        }
        foreach (var place in new[] { _map.Place.Lat, _map.Place.Lon, _map.Place.X, _map.Place.Y }) Number(place, false);
        Fields = fields;
    }

    public IReadOnlyList<UploadField> Fields { get; }

    public static UploadSchema Of(FeedPlan plan) => new(plan);

    /// <summary>The schema as a Frictionless Table Schema.</summary>
    public string ToJson()
    {
        var fields = new JsonArray();
        foreach (var field in Fields)
        {
            var one = new JsonObject { ["name"] = field.Names[0], ["type"] = field.Type };
            if (field.Unit.Length > 0) one["unit"] = field.Unit;
            if (field.Time is { Format: [var format, ..] }) one["format"] = format;
            var limits = new JsonObject();
            if (field.Required) limits["required"] = true;
            if (field.Min is { } min) limits["minimum"] = min;
            if (field.Max is { } max) limits["maximum"] = max;
            if (field.Enum.Count > 0) limits["enum"] = new JsonArray([.. field.Enum.Select(e => (JsonNode)e)]);
            if (limits.Count > 0) one["constraints"] = limits;
            fields.Add(one);
        }
        return new JsonObject { ["fields"] = fields, ["missingValues"] = new JsonArray([.. _map.Missing.Prepend("").Select(m => (JsonNode)m)]) }
            .ToJsonString(new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
    }

    /// <summary>Everything that is wrong in a table, by row and column, and how many problems there are beyond those that are listed.</summary>
    public (IReadOnlyList<UploadProblem> Problems, int More) Check(Table table, CityPack city)
    {
        var problems = new List<UploadProblem>();
        var more = 0;
        void Wrong(int row, string column, string word, string said)
        {
            if (problems.Count < MostProblems) problems.Add(new(row, column, word, NewsReader.Plain(said, 60)));
            else more++;
        }
        var columns = Fields.Select(f => (Field: f, At: f.Names.Select(table.Find).Where(i => i >= 0).Select(i => (int?)i).FirstOrDefault())).ToList();
        foreach (var (field, _) in columns.Where(c => c.At is null && c.Field.Required)) Wrong(0, field.Names[0], "upload.wrong.column", string.Join(", ", table.Columns.Take(20)));
        var present = columns.Where(c => c.At is not null).Select(c => (c.Field, At: c.At!.Value)).ToList();
        for (var r = 0; r < table.Rows.Count; r++)
            foreach (var (field, at) in present)
            {
                var cell = Table.At(table.Rows[r], at);
                var text = cell.ToString();
                var column = table.Columns[at];
                if (text.Length == 0 || _map.Missing.Contains(text)) { if (field.Required && (text.Length == 0 || field.Type != "number")) Wrong(r + 2, column, "upload.wrong.empty", text); }
                else if (field.Type == "datetime") { if (!HasTime(table, table.Rows[r], cell, field.Time!, city)) Wrong(r + 2, column, "upload.wrong.time", text); }
                else if (field.Type == "number") Number(field, cell, text, (word) => Wrong(r + 2, column, word, text));
                else if (field.Enum.Count > 0 && !field.Enum.Contains(text)) Wrong(r + 2, column, "upload.wrong.enum", text);
            }
        return (problems, more);
    }

    private static bool HasTime(Table table, Cell[] row, Cell cell, FeedDescriptor.TimeOf time, CityPack city)
    {
        if (time.With.Count > 0) cell = Cell.Of(string.Join(' ', time.With.Select(w => Table.At(row, table.Find(w)).ToString()).Prepend(cell.ToString())));
        var zone = time.Zone is { } named ? TimeZoneInfo.FindSystemTimeZoneById(named) : city.Zone;
        return Moments.Read(cell, time, zone, city.Languages) is not null;
    }

    private void Number(UploadField field, Cell cell, string text, Action<string> wrong)
    {
        if (_map.Words.ContainsKey(text)) return;
        if (field.Field?.Match is { } match && System.Text.RegularExpressions.Regex.Match(text, match, System.Text.RegularExpressions.RegexOptions.NonBacktracking) is { Success: true } m) text = m.Groups[1].Value;
        if (cell.Kind != CellKind.Number && !double.TryParse(text, NumberStyles.Float | NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out _)) { wrong("upload.wrong.number"); return; }
        var value = cell.Kind == CellKind.Number ? cell.Number : double.Parse(text, NumberStyles.Float | NumberStyles.AllowThousands, CultureInfo.InvariantCulture);
        if (field.Field is { } f)
        {
            var (factor, offset) = f.Unit is { } from && Ucum.Factor(from, field.Unit) is { } by ? by : (1, 0);
            value = value * f.Scale * factor + offset;
        }
        if (!double.IsFinite(value) || value < field.Min || value > field.Max) wrong("upload.wrong.range");
    }
}
