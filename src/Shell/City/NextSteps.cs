namespace SmartCity.Shell.City;

/// <summary>What a pack does not fill yet: not wrong, and what its maker does next.</summary>
internal static class NextSteps
{
    /// <param name="connected">Keys of the feeds that have a source.</param>
    public static IEnumerable<string> Of(CityPack pack, Catalogue catalogue, IReadOnlySet<string> connected)
    {
        static string List(IReadOnlyCollection<string> all) => string.Join(", ", all.Take(6)) + (all.Count > 6 ? FormattableString.Invariant($" and {all.Count - 6} more") : "");
        var placeholders = pack.Sources.Values.Where(s => s.Address.EndsWith(".example", StringComparison.Ordinal) || s.Demonstration).Select(s => s.Key).ToList();
        if (placeholders.Count > 0) yield return $"Sources with a made-up address, or played by the Simulator: {List(placeholders)}. Put the real ones into city.json.";
        var open = catalogue.Declared.OfType<Feed>().Where(f => !connected.Contains(f.Key) && catalogue.Modules.Any(m => m.Key == f.ModuleKey)).OrderBy(f => f.Order).Select(f => f.Key).ToList();
        if (open.Count > 0) yield return FormattableString.Invariant($"{open.Count} of {catalogue.Declared.OfType<Feed>().Count(f => catalogue.Modules.Any(m => m.Key == f.ModuleKey))} feeds of this tier have no source yet: {List(open)}. Each is one file in feeds/, or is made on the page “Connect sources”.");
        foreach (var (folder, what) in new[] { ("indicators", "indicator"), ("projects", "project") })
            if (catalogue.Modules.Any(m => m.Key.EndsWith(folder, StringComparison.Ordinal)) && pack.Files(folder, ".yaml").Count == 0) yield return $"There is no {what} yet: {folder}/*.yaml.";
        if (pack.Users.Count == 0) yield return $"{PackUser.FileName} names nobody yet.";
    }

    /// <summary>Said after the start, to whoever tries the city out.</summary>
    public static StartNotice Notice { get; } = new(async (app, to) =>
    {
        if (!app.Environment.IsDevelopment()) return;
        var services = app.Services;
        var next = Of(services.GetRequiredService<CityPack>(), services.GetRequiredService<Catalogue>(), services.GetRequiredService<Feeds.FeedBook>().Plans.Select(p => p.Feed.Key).ToHashSet(StringComparer.Ordinal)).ToList();
        if (next.Count == 0) return;
        await to.WriteLineAsync("What this city may be given next (the command “city check” tells it too):");
        foreach (var step in next) await to.WriteLineAsync("  - " + step);
    });
}
