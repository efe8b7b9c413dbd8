using System.Globalization;
using System.Text;

namespace SmartCity.Shell.Feeds;

/// <summary>Fills the placeholders of a descriptor's url and headers: what a question asks for.</summary>
/// <param name="Values">Placeholder to its value: those of the paging, the window and of <c>forEach</c>.</param>
/// <param name="Now">Local time, for <c>{now:format}</c>.</param>
/// <param name="Day">Day of the history, for <c>{day:format}</c>.</param>
internal sealed record Placeholders(IReadOnlyDictionary<string, string> Values, DateTime Now, DateOnly Day = default)
{
    /// <summary>A path; values are escaped for an address.</summary>
    public string Fill(string path, Secrets secrets) => Fill(path, name => name switch
    {
        ["secret", var key] => Uri.EscapeDataString(secrets.Get(key)),
        ["day", var format] => Day.ToString(format, CultureInfo.InvariantCulture),
        ["now", var format] => Uri.EscapeDataString(Now.ToString(format, CultureInfo.InvariantCulture)),
        [var key] when Values.TryGetValue(key, out var value) => Uri.EscapeDataString(value),
        _ => null,
    });

    /// <summary>A header's value: <c>{secret:name}</c> is the secret as it is, <c>{basic:name}</c> in base64, for a secret that is <c>user:password</c>.</summary>
    public static string Header(string template, Secrets secrets) => Fill(template, name => name switch
    {
        ["secret", var key] => secrets.Get(key),
        ["basic", var key] => Convert.ToBase64String(Encoding.UTF8.GetBytes(secrets.Get(key))),
        _ => null,
    });

    // what nobody knows stays as it is
    private static string Fill(string template, Func<string[], string?> value)
    {
        var filled = new StringBuilder();
        for (var i = 0; i < template.Length;)
        {
            var open = template.IndexOf('{', i);
            var close = open < 0 ? -1 : template.IndexOf('}', open);
            if (close < 0) return filled.Append(template, i, template.Length - i).ToString();
            filled.Append(template, i, open - i).Append(value(template[(open + 1)..close].Split(':', 2)) ?? template[open..(close + 1)]);
            i = close + 1;
        }
        return filled.ToString();
    }
}
