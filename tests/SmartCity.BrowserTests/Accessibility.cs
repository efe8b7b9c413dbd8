using System.Collections.Concurrent;
using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;

namespace SmartCity.BrowserTests;

/// <summary>The rules of accessibility, asked of a page as it stands in the browser.</summary>
internal static class Accessibility
{
    // auto is day or night by the reader's system; that its colours are the same ones is a test of its own (PaletteTests)
    private static readonly string[] Themes = ["day", "night", "contrast"];

    private static readonly string[] OfColour = ["color-contrast", "link-in-text-block"];

    /// <summary>Every rule in the day theme, and in the other themes those of colour: a look changes nothing else.</summary>
    /// <param name="everyTheme">False leaves colours out, which cost most: they are the same in every language.</param>
    /// <returns>A line for every violation.</returns>
    public static async Task<List<string>> Violations(Reader reader, string address, bool everyTheme = true)
    {
        var wrong = new List<string>();
        await reader.Open(address);
        foreach (var theme in everyTheme ? Themes : Themes[..1])
        {
            await reader.Look(theme);
            var rules = theme == "day" ? null : new RunOnlyOptions { Type = "rule", Values = [.. OfColour] };
            var without = everyTheme ? null : OfColour.ToDictionary(r => r, _ => new RuleOptions { Enabled = false });
            var result = await reader.Page.RunAxe(new AxeRunOptions { ResultTypes = [ResultType.Violations], RunOnly = rules, Rules = without });
            wrong.AddRange(result.Violations.SelectMany(v => v.Nodes.Take(3).Select(n => $"{address} {theme}: {v.Id}: {n.Html}")));
        }
        return wrong;
    }

    /// <summary>What is wrong with each page, by two readers at a time: one core is not enough for a browser.</summary>
    public static async Task<List<string>> OfEach(IEnumerable<string> addresses, Func<Task<Reader>> open, Func<Reader, string, Task<IEnumerable<string>>> look)
    {
        var waiting = new ConcurrentQueue<string>(addresses);
        var wrong = new ConcurrentBag<string>();
        async Task Read()
        {
            await using var reader = await open();
            while (waiting.TryDequeue(out var address))
                foreach (var line in await look(reader, address)) wrong.Add(line);
        }
        await Task.WhenAll(Read(), Read());
        return [.. wrong.Order(StringComparer.Ordinal)];
    }

    /// <summary>The rules of accessibility, no sideways scroll, no complaint of the browser.</summary>
    /// <param name="everyTheme">False leaves colours out.</param>
    public static async Task<IEnumerable<string>> Faults(Reader reader, string address, bool everyTheme)
    {
        var wrong = await Violations(reader, address, everyTheme);
        var (wide, width) = (await reader.Page.EvaluateAsync<int>("() => document.documentElement.scrollWidth"), reader.Page.ViewportSize!.Width);
        if (wide > width) wrong.Add($"{address} is {wide} wide");
        wrong.AddRange(reader.Complaints.Select(c => $"{address}: {c}"));
        return wrong;
    }
}
