namespace SmartCity.Shell.Feeds;

/// <summary>Keys of the city's sources, by name, from the settings (<c>Secrets:name</c>). They reach an address and nothing else.</summary>
internal sealed class Secrets(IConfiguration settings)
{
    /// <summary>The secret of that name; <c>sample</c> when none is set, which open platforms accept for a few rows.</summary>
    public string Get(string name) => settings[$"Secrets:{name}"] ?? "sample";

    /// <summary>A text without any secret in it.</summary>
    public string Redact(string text)
    {
        foreach (var secret in settings.GetSection("Secrets").GetChildren())
            if (secret.Value is { Length: > 3 } value) text = text.Replace(value, "•••", StringComparison.Ordinal).Replace(Uri.EscapeDataString(value), "•••", StringComparison.Ordinal);
        return text;
    }
}

/// <summary>Fills the placeholders of a descriptor's url.</summary>
internal static class Placeholders
{
    public static string Fill(string path, Secrets secrets, int start, int end, DateOnly day)
    {
        var filled = new System.Text.StringBuilder();
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
                ["start"] => start.ToString(System.Globalization.CultureInfo.InvariantCulture),
                ["end"] => end.ToString(System.Globalization.CultureInfo.InvariantCulture),
                ["day", var format] => day.ToString(format, System.Globalization.CultureInfo.InvariantCulture),
                _ => path[open..(close + 1)],
            });
            i = close + 1;
        }
        return filled.ToString();
    }
}
