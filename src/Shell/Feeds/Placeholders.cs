using System.Globalization;
using System.Text;

namespace SmartCity.Shell.Feeds;

/// <summary>Fills the placeholders of a descriptor's url: what a question asks for.</summary>
/// <param name="Values">Placeholder to its value: those of the paging, the window and of <c>forEach</c>.</param>
/// <param name="Now">Local time, for <c>{now:format}</c>.</param>
/// <param name="Day">Day of the history, for <c>{day:format}</c>.</param>
internal sealed record Placeholders(IReadOnlyDictionary<string, string> Values, DateTime Now, DateOnly Day = default)
{
    public string Fill(string path, Secrets secrets)
    {
        var filled = new StringBuilder();
        for (var i = 0; i < path.Length;)
        {
            var open = path.IndexOf('{', i);
            var close = open < 0 ? -1 : path.IndexOf('}', open);
            if (close < 0) return filled.Append(path, i, path.Length - i).ToString();
            filled.Append(path, i, open - i);
            var name = path[(open + 1)..close].Split(':', 2);
            filled.Append(name switch
            {
                ["secret", var key] => Uri.EscapeDataString(secrets.Get(key)),
                ["day", var format] => Day.ToString(format, CultureInfo.InvariantCulture),
                ["now", var format] => Uri.EscapeDataString(Now.ToString(format, CultureInfo.InvariantCulture)),
                [var key] when Values.TryGetValue(key, out var value) => Uri.EscapeDataString(value),
                _ => path[open..(close + 1)],
            });
            i = close + 1;
        }
        return filled.ToString();
    }
}
