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
