using System.Globalization;
using SmartCity.Shell.City;
using SmartCity.Shell.Feeds.Mapping;

namespace SmartCity.Shell.Feeds.Desk;

/// <summary>What the form says of one column.</summary>
internal sealed class ColumnChoice
{
    public string Column { get; set; } = "";
    /// <summary>One of <see cref="ColumnForm.RolesOf"/>, or empty for "left out".</summary>
    public string Role { get; set; } = "";
    /// <summary>Name under which a value or an attribute is stored.</summary>
    public string? Key { get; set; }
    /// <summary>By language.</summary>
    public Dictionary<string, string?> Title { get; set; } = [];
    public string? Unit { get; set; }
    public string? Min { get; set; }
    public string? Max { get; set; }
    public string? Decimals { get; set; }
}

/// <summary>What the form says of a whole descriptor. Everything is text as it was typed, so that nothing is lost on an error.</summary>
internal sealed class DescriptorForm
{
    public string? Feed { get; set; }
    public string? Kind { get; set; }
    /// <summary>By language, as <see cref="Owner"/>.</summary>
    public Dictionary<string, string?> Title { get; set; } = [];
    public Dictionary<string, string?> Owner { get; set; } = [];
    public string? Contact { get; set; }
    public string? Licence { get; set; }
    public string? Way { get; set; }
    public string? Address { get; set; }
    public string? Secret { get; set; }
    public string? Every { get; set; }
    public string? Timeout { get; set; }
    public string? PerDay { get; set; }
    public string? Late { get; set; }
    public string? Stale { get; set; }
    public string? Drop { get; set; }
    public bool Public { get; set; }
    public string? TimeFormat { get; set; }
    public string? TimeAbsent { get; set; }
    public string? Crs { get; set; }
    public string? Missing { get; set; }
    public bool IsArea { get; set; }
    public bool Complete { get; set; }
    public string? FigureUnit { get; set; }
    public List<ColumnChoice> Columns { get; set; } = [];
}

/// <summary>Between a descriptor and the form of the desk: what the form does not show stays as it is.</summary>
internal static class ColumnForm
{
    /// <summary>Most columns that the form shows; the rest are named and left to the text of the descriptor.</summary>
    public const int Most = 80;
    private const string Value = "value", Extra = "extra";

    /// <summary>The roles that a column may have, by the kind of the feed.</summary>
    public static IReadOnlyList<string> RolesOf(FeedKind kind) => kind switch
    {
        FeedKind.Events => ["id", "title", "summary", "kind", "status", "severity", "area", "reported", "onset", "expires", "lat", "lon", "x", "y", "geometry", "link", Extra],
        FeedKind.Things => ["id", "name", "kind", "area", "lat", "lon", "x", "y", "geometry", Extra],
        FeedKind.Documents => ["id", "title", "summary", "published", "link", "language", Extra],
        FeedKind.Figures => ["indicator", "area", "period", Value, "target"],
        _ => ["id", "name", "kind", "area", "time", "lat", "lon", "x", "y", "geometry", Value, Extra],
    };

    // where the columns of a role stand in the descriptor
    private static (Func<List<string>> Get, Action<List<string>> Set)? Place(FeedDescriptor d, FeedKind kind, string role)
    {
        var m = d.Map;
        (Func<List<string>>, Action<List<string>>) Of(Func<List<string>> get, Action<List<string>> set) => (get, set);
        (Func<List<string>>, Action<List<string>>) Texts(Dictionary<string, List<string>> texts) => (() => texts.Values.SelectMany(v => v).ToList(), columns =>
        {
            texts.Clear();
            if (columns.Count > 0) texts["any"] = columns;
        });
        return (kind, role) switch
        {
            (_, "lat") => Of(() => m.Place.Lat, c => m.Place.Lat = c),
            (_, "lon") => Of(() => m.Place.Lon, c => m.Place.Lon = c),
            (_, "x") => Of(() => m.Place.X, c => m.Place.X = c),
            (_, "y") => Of(() => m.Place.Y, c => m.Place.Y = c),
            (_, "geometry") => Of(() => m.Place.Geometry, c => m.Place.Geometry = c),
            (FeedKind.Events, "id") => Of(() => m.Event.Id, c => m.Event.Id = c),
            (FeedKind.Events, "title") => Texts(m.Event.Title),
            (FeedKind.Events, "summary") => Texts(m.Event.Summary),
            (FeedKind.Events, "kind") => Of(() => m.Event.Kind.From, c => m.Event.Kind.From = c),
            (FeedKind.Events, "status") => Of(() => m.Event.Status.From, c => m.Event.Status.From = c),
            (FeedKind.Events, "severity") => Of(() => m.Event.Severity.From, c => m.Event.Severity.From = c),
            (FeedKind.Events, "area") => Of(() => m.Event.Areas, c => m.Event.Areas = c),
            (FeedKind.Events, "reported") => Of(() => m.Event.Reported.From, c => m.Event.Reported.From = c),
            (FeedKind.Events, "onset") => Of(() => m.Event.Onset.From, c => m.Event.Onset.From = c),
            (FeedKind.Events, "expires") => Of(() => m.Event.Expires.From, c => m.Event.Expires.From = c),
            (FeedKind.Events, "link") => Of(() => m.Event.Link, c => m.Event.Link = c),
            (FeedKind.Documents, "id") => Of(() => m.Document.Id, c => m.Document.Id = c),
            (FeedKind.Documents, "title") => Of(() => m.Document.Title, c => m.Document.Title = c),
            (FeedKind.Documents, "summary") => Of(() => m.Document.Summary, c => m.Document.Summary = c),
            (FeedKind.Documents, "published") => Of(() => m.Document.Published.From, c => m.Document.Published.From = c),
            (FeedKind.Documents, "link") => Of(() => m.Document.Link, c => m.Document.Link = c),
            (FeedKind.Documents, "language") => Of(() => m.Document.Language, c => m.Document.Language = c),
            (FeedKind.Figures, "indicator") => Of(() => m.Figure.Indicator, c => m.Figure.Indicator = c),
            (FeedKind.Figures, "area") => Of(() => m.Figure.Area, c => m.Figure.Area = c),
            (FeedKind.Figures, "period") => Of(() => m.Figure.Period, c => m.Figure.Period = c),
            (FeedKind.Figures, Value) => Of(() => m.Figure.Value, c => m.Figure.Value = c),
            (FeedKind.Figures, "target") => Of(() => m.Figure.Target, c => m.Figure.Target = c),
            (_, "id") => Of(() => m.Thing.From, c => m.Thing.From = c),
            (_, "name") => Of(() => m.Thing.Name, c => m.Thing.Name = c),
            (_, "kind") => Of(() => m.Thing.Kind, c => m.Thing.Kind = c),
            (_, "area") => Of(() => m.Thing.Area, c => m.Thing.Area = c),
            (_, "time") => Of(() => m.Time.From, c => m.Time.From = c),
            _ => null,
        };
    }

    /// <summary>The times that the form's one format speaks of.</summary>
    private static IEnumerable<FeedDescriptor.TimeOf> Times(FeedDescriptor d, FeedKind kind) => kind switch
    {
        FeedKind.Events => [d.Map.Event.Reported, d.Map.Event.Onset, d.Map.Event.Expires],
        FeedKind.Documents => [d.Map.Document.Published],
        FeedKind.Observations => [d.Map.Time],
        _ => [],
    };

    public static FeedKind KindOf(FeedDescriptor d, Catalogue catalogue) => FeedPlan.FeedOf(d, catalogue)?.Kind ?? (Enum.TryParse<FeedKind>(d.Kind, true, out var kind) ? kind : FeedKind.Observations);

    /// <summary>The form of a descriptor, with a line for each column of the table.</summary>
    public static DescriptorForm Of(FeedDescriptor d, FeedKind kind, IReadOnlyList<string> columns)
    {
        var form = new DescriptorForm
        {
            Feed = d.Feed, Kind = kind.ToString().ToLowerInvariant(), Title = Shown(d.Title), Owner = Shown(d.Owner),
            Contact = d.Contact, Licence = d.Licence, Way = d.Push is not null ? "push" : d.Upload ? "upload" : "ask", Address = d.Address + d.Url, Secret = d.Push?.Secret, Every = d.Schedule.Every, Timeout = d.Schedule.Timeout, PerDay = Number(d.Schedule.PerDay),
            Late = d.Freshness.Late, Stale = d.Freshness.Stale, Drop = d.Freshness.Drop, Public = d.Public, TimeFormat = string.Join(" | ", Times(d, kind).SelectMany(t => t.Format).Distinct(StringComparer.Ordinal)), TimeAbsent = d.Map.Time.Absent,
            Crs = d.Map.Place.Crs, Missing = string.Join(" | ", d.Map.Missing), IsArea = d.Map.Thing.IsArea, Complete = d.Map.Event.Complete, FigureUnit = d.Map.Figure.Unit,
        };
        foreach (var column in columns.Take(Most))
        {
            var choice = new ColumnChoice { Column = column };
            choice.Role = RolesOf(kind).FirstOrDefault(r => Place(d, kind, r) is { } place && place.Get().Contains(column)) ?? "";
            if (choice.Role.Length == 0 && kind == FeedKind.Observations && d.Map.Values.FirstOrDefault(v => v.Value.From.Contains(column)) is { Key: { } key } value)
                (choice.Role, choice.Key, choice.Title, choice.Unit, choice.Min, choice.Max, choice.Decimals) =
                    (Value, key, Shown(value.Value.Title), value.Value.Unit, Bound(value.Value.Min), Bound(value.Value.Max), Number(value.Value.Decimals));
            else if (choice.Role.Length == 0 && d.Map.Attributes.FirstOrDefault(a => a.Value.Contains(column)) is { Key: { } name }) (choice.Role, choice.Key) = (Extra, name);
            form.Columns.Add(choice);
        }
        return form;
    }

    /// <summary>Puts the form's answers into a descriptor. Errors by field: <c>Columns[2].Min</c>.</summary>
    public static Dictionary<string, string> Apply(DescriptorForm form, FeedDescriptor d, CityPack city, Catalogue catalogue)
    {
        var wrong = new Dictionary<string, string>(StringComparer.Ordinal);
        d.Feed = (form.Feed ?? "").Trim();
        if (catalogue.Declared.OfType<Feed>().All(f => f.Key != d.Feed)) d.Kind = form.Kind;
        var kind = KindOf(d, catalogue);
        Words(d.Title, form.Title, city);
        Words(d.Owner, form.Owner, city);
        (d.Contact, d.Licence, d.Public) = ((form.Contact ?? "").Trim(), (form.Licence ?? "").Trim(), form.Public);
        (d.Upload, d.Push) = (form.Way == "upload", form.Way == "push" ? new() { Secret = (form.Secret ?? "").Trim() } : null);
        if (!d.IsAsked) (d.Url, d.Address, d.Source) = ("", "", city.Sources.ContainsKey(d.Source) ? d.Source : "");
        else if (form.Address is { Length: > 0 } address) Point(d, address.Trim(), city);
        if (form.Every is { Length: > 0 }) d.Schedule.Every = form.Every.Trim();
        if (form.Timeout is { Length: > 0 }) d.Schedule.Timeout = form.Timeout.Trim();
        if (string.IsNullOrWhiteSpace(form.PerDay)) d.Schedule.PerDay = 0;
        else if (int.TryParse(form.PerDay, NumberStyles.None, CultureInfo.InvariantCulture, out var perDay)) d.Schedule.PerDay = perDay;
        else wrong["PerDay"] = "desk.wrong.number";
        (d.Freshness.Late, d.Freshness.Stale, d.Freshness.Drop) = ((form.Late ?? "").Trim(), (form.Stale ?? "").Trim(), (form.Drop ?? "").Trim());
        foreach (var (name, text) in new[] { ("Every", d.Schedule.Every), ("Timeout", d.Schedule.Timeout), ("Late", d.Freshness.Late), ("Stale", d.Freshness.Stale), ("Drop", d.Freshness.Drop) })
            if (!FeedPlan.TryDuration(text, out _)) wrong[name] = "desk.wrong.duration";
        var formats = Several(form.TimeFormat).ToList();
        // several times with formats of their own stay as they are until the field is changed
        if (!formats.SequenceEqual(Times(d, kind).SelectMany(t => t.Format).Distinct(StringComparer.Ordinal))) foreach (var time in Times(d, kind)) time.Format = [.. formats];
        if (form.TimeAbsent is "none" or "answer" or "fetch") d.Map.Time.Absent = form.TimeAbsent;
        if (form.Crs is { Length: > 0 } crs) d.Map.Place.Crs = crs;
        d.Map.Missing = [.. Several(form.Missing)];
        (d.Map.Thing.IsArea, d.Map.Event.Complete) = (form.IsArea, form.Complete);
        if (kind == FeedKind.Figures) d.Map.Figure.Unit = Unit(form.FigureUnit, "FigureUnit", wrong);
        Roles(form, d, kind, city, wrong);
        return wrong;
    }

    private static void Roles(DescriptorForm form, FeedDescriptor d, FeedKind kind, CityPack city, Dictionary<string, string> wrong)
    {
        var shown = form.Columns.Select(c => c.Column).ToHashSet(StringComparer.Ordinal);
        foreach (var role in RolesOf(kind))
        {
            if (Place(d, kind, role) is not { } place) continue;
            var (known, chosen) = (place.Get(), form.Columns.Where(c => c.Role == role).Select(c => c.Column).ToList());
            // other names of the same column stay: sources rename them
            if (chosen.Count == 0 ? known.TrueForAll(k => !shown.Contains(k)) : chosen.TrueForAll(known.Contains) && known.TrueForAll(k => !shown.Contains(k) || chosen.Contains(k))) continue;
            place.Set(chosen.Count == 0 ? [] : [.. chosen, .. known.Where(k => !shown.Contains(k))]);
        }
        var extras = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        foreach (var (name, from) in d.Map.Attributes) if (from.TrueForAll(f => !shown.Contains(f))) extras[name] = from;
        var values = new Dictionary<string, FeedDescriptor.FieldOf>(StringComparer.Ordinal);
        foreach (var (key, field) in d.Map.Values) if (field.From.TrueForAll(f => !shown.Contains(f))) values[key] = field;
        for (var i = 0; i < form.Columns.Count; i++)
        {
            var choice = form.Columns[i];
            if (choice.Role == Extra) extras[Free(choice.Key, choice.Column, extras.Keys)] = d.Map.Attributes.Values.FirstOrDefault(a => a.Contains(choice.Column)) ?? [choice.Column];
            if (choice.Role != Value || kind != FeedKind.Observations) continue;
            var field = d.Map.Values.Values.FirstOrDefault(v => v.From.Contains(choice.Column)) ?? new() { From = [choice.Column], Required = false };
            field.Unit = Unit(choice.Unit, $"Columns[{i}].Unit", wrong) is { Length: > 0 } unit ? unit : null;
            Words(field.Title, choice.Title, city);
            field.Min = Bound(choice.Min, -1e15, $"Columns[{i}].Min", wrong);
            field.Max = Bound(choice.Max, 1e15, $"Columns[{i}].Max", wrong);
            if (field.Min > field.Max) wrong[$"Columns[{i}].Max"] = "desk.wrong.range";
            field.Decimals = int.TryParse(choice.Decimals, NumberStyles.None, CultureInfo.InvariantCulture, out var decimals) && decimals <= 6 ? decimals : 0;
            var key = Free(choice.Key, choice.Column, values.Keys);
            if (key.Length > 60) wrong[$"Columns[{i}].Key"] = "desk.wrong.key";
            else values[key] = field;
        }
        (d.Map.Attributes, d.Map.Values) = (extras, values);
    }

    private static Dictionary<string, string?> Shown(Dictionary<string, string> texts) => texts.ToDictionary(t => t.Key, t => (string?)t.Value, StringComparer.Ordinal);

    // the city's languages are asked for; what a descriptor says in others stays
    private static void Words(Dictionary<string, string> texts, Dictionary<string, string?> typed, CityPack city)
    {
        foreach (var language in city.Languages)
            if (typed.GetValueOrDefault(language)?.Trim() is { Length: > 0 } word) texts[language] = word;
            else texts.Remove(language);
    }

    private static string Free(string? wanted, string column, IEnumerable<string> taken)
    {
        var key = wanted?.Trim() is { Length: > 0 } given ? given : Guess.KeyOf(column);
        return taken.Contains(key) ? Enumerable.Range(2, 1000).Select(n => $"{key}-{n}").First(k => !taken.Contains(k)) : key;
    }

    private static string Unit(string? written, string field, Dictionary<string, string> wrong)
    {
        if (string.IsNullOrWhiteSpace(written)) return "";
        if (Ucum.Code(written) is { } code) return code;
        wrong[field] = "desk.wrong.unit";
        return written.Trim();
    }

    private static double Bound(string? written, double otherwise, string field, Dictionary<string, string> wrong)
    {
        if (string.IsNullOrWhiteSpace(written)) return otherwise;
        if (double.TryParse(written, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)) return number;
        wrong[field] = "desk.wrong.number";
        return otherwise;
    }

    private static IEnumerable<string> Several(string? list) => (list ?? "").Split('|', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private static string? Bound(double number) => Math.Abs(number) >= 1e15 ? null : number.ToString("R", CultureInfo.InvariantCulture);
    private static string? Number(int number) => number == 0 ? null : number.ToString(CultureInfo.InvariantCulture);

    /// <summary>Points a descriptor at a whole address: at a source of the city where it lies below one, else at an address of its own.</summary>
    public static void Point(FeedDescriptor d, string address, CityPack city)
    {
        if (address.StartsWith('/')) { d.Url = address; return; }
        if (city.Sources.Values.Where(s => !s.Demonstration && address.StartsWith(s.Address + "/", StringComparison.OrdinalIgnoreCase)).MaxBy(s => s.Address.Length) is { } source)
        {
            (d.Source, d.Address, d.Url) = (source.Key, "", address[source.Address.Length..]);
            return;
        }
        var scheme = address.IndexOf("://", StringComparison.Ordinal);
        var path = scheme < 0 ? -1 : address.IndexOfAny(['/', '?', '#'], scheme + 3);
        (d.Source, d.Address, d.Url) = ("", path < 0 ? address : address[..path], path < 0 ? "/" : address[path] == '/' ? address[path..] : "/" + address[path..]);
        var fragment = d.Url.IndexOf('#', StringComparison.Ordinal);
        if (fragment >= 0) d.Url = d.Url[..fragment];
    }

    /// <summary>What a descriptor points at, for people.</summary>
    public static string Shown(FeedDescriptor d) => d.Source.Length > 0 ? $"{d.Source}: {d.Url}" : d.Address + d.Url;
}
