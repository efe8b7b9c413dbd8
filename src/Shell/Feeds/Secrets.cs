using System.Buffers;
using System.Globalization;
using System.Text;

namespace SmartCity.Shell.Feeds;

/// <summary>Keys of the city's sources, by name, from the settings (<c>Secrets:name</c>). They reach a source and nothing else.</summary>
internal sealed class Secrets
{
    /// <summary>Shorter ones cannot be told from other text, and so not be kept out of it.</summary>
    public const int Shortest = 4;
    private const string Hidden = "•••", None = "sample";

    private readonly Dictionary<string, string> _byName = new(StringComparer.OrdinalIgnoreCase);
    // of everything that gives a secret away, each character with the ways to write it
    private readonly List<(string[][] Letters, bool Packed)> _tells = [];
    // what any of them can begin with
    private readonly SearchValues<char> _beginnings;

    /// <exception cref="CannotStartException">A secret is one that cannot be kept.</exception>
    public Secrets(IConfiguration settings)
    {
        var problems = new List<Problem>();
        foreach (var (name, value) in settings.GetSection("Secrets").AsEnumerable(makePathsRelative: true))
        {
            if (string.IsNullOrEmpty(value)) continue;
            if (value.Length < Shortest) problems.Add(new($"Secrets:{name}", $"the secret is shorter than {Shortest} characters and could not be kept out of logs and pages; ask its source for a longer one."));
            else if (value.Any(char.IsControl)) problems.Add(new($"Secrets:{name}", "the secret has a line break or another control character in it."));
            else _byName[name] = value;
        }
        if (problems.Count > 0) throw new CannotStartException("The settings are wrong:", problems);
        foreach (var value in _byName.Values.Where(v => v != None).Distinct(StringComparer.Ordinal))
        {
            _tells.Add((Letters(value), false));
            foreach (var packed in Packed(Encoding.UTF8.GetBytes(value))) _tells.Add((Letters(packed), true));
        }
        _beginnings = SearchValues.Create([.. _tells.SelectMany(t => t.Letters[0]).Select(w => w[0]).SelectMany(c => new[] { c, char.ToLowerInvariant(c), char.ToUpperInvariant(c) })]);
    }

    /// <summary>The secret of that name; <c>sample</c> when none is set, which open platforms accept for a few rows.</summary>
    public string Get(string name) => _byName.GetValueOrDefault(name, None);

    /// <summary>True when a secret of that name is set.</summary>
    public bool Has(string name) => Get(name) != None;

    /// <summary>An address that somebody pasted with a secret of ours in it, with its name in the secret's place.</summary>
    public string Named(string address)
    {
        foreach (var (name, value) in _byName.Where(s => s.Value != None).OrderByDescending(s => s.Value.Length))
            address = address.Replace(value, $"{{secret:{name}}}", StringComparison.Ordinal).Replace(Uri.EscapeDataString(value), $"{{secret:{name}}}", StringComparison.Ordinal);
        return address;
    }

    /// <summary>A text without any secret in it, however it is written there: as it is, escaped for an address, for JSON or for HTML, in
    /// base64 (alone or after a name, as in basic authentication), or cut off at the text's end.</summary>
    public string Redact(string text)
    {
        if (_tells.Count == 0) return text;
        StringBuilder? clean = null;
        var end = text.TrimEnd('…').Length;
        var copied = 0;
        for (var at = 0; at < end; at++)
        {
            if (text.AsSpan(at, end - at).IndexOfAny(_beginnings) is var next and >= 0) at += next;
            else break;
            var to = -1;
            foreach (var (letters, packed) in _tells)
            {
                var found = Match(text.AsSpan(0, end), at, letters, 0);
                // a character of base64 holds bits of two letters
                if (found > 0 && packed) while (found < end && (char.IsAsciiLetterOrDigit(text[found]) || text[found] is '+' or '/' or '-' or '_' or '=' or '%')) found++;
                to = Math.Max(to, found);
            }
            if (to < 0) continue;
            (clean ??= new()).Append(text, copied, at - copied).Append(Hidden);
            (copied, at) = (to, to - 1);
        }
        return clean is null ? text : clean.Append(text, copied, text.Length - copied).ToString();
    }

    // where the letters that begin at a place end, read in the longest way; or -1
    private static int Match(ReadOnlySpan<char> text, int at, string[][] letters, int letter)
    {
        if (letter == letters.Length) return at;
        var rest = text[at..];
        var end = -1;
        foreach (var written in letters[letter])
            if (rest.StartsWith(written, StringComparison.OrdinalIgnoreCase)) end = Math.Max(end, Match(text, at + written.Length, letters, letter + 1));
            else if (letter >= Shortest && written.AsSpan().StartsWith(rest, StringComparison.OrdinalIgnoreCase)) return text.Length;
        return end;
    }

    private static string[][] Letters(string secret) => [.. secret.EnumerateRunes().Select(Ways)];

    private static string[] Ways(Rune letter)
    {
        var text = letter.ToString();
        var percent = string.Concat(Encoding.UTF8.GetBytes(text).Select(b => $"%{b:X2}"));
        return
        [
            text, percent, percent.Replace("%", "%25", StringComparison.Ordinal), string.Concat(text.Select(c => $"\\u{(int)c:X4}")),
            string.Create(CultureInfo.InvariantCulture, $"&#{letter.Value};"), $"&#x{letter.Value:X};",
            .. text switch
            {
                " " => ["+"],
                // as base64 for addresses has it
                "+" => ["-"],
                "/" => ["_", "\\/"],
                "\"" => ["\\\"", "&quot;"],
                "\\" => ["\\\\"],
                "&" => ["&amp;"],
                "<" => ["&lt;"],
                ">" => ["&gt;"],
                "'" => ["&apos;"],
                _ => Array.Empty<string>(),
            },
        ];
    }

    // base64 looks different after none, one or two other bytes: of each, the characters that the secret alone decides
    private static IEnumerable<string> Packed(byte[] secret) => Enumerable.Range(0, 3).Select(before =>
        Convert.ToBase64String([.. new byte[before], .. secret])[((8 * before + 5) / 6)..(8 * (before + secret.Length) / 6)]);
}
