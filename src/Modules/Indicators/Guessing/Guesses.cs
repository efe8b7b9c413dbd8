using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;

namespace SmartCity.Indicators;

/// <summary>What is hidden of a series: its last part.</summary>
/// <param name="Known">What the reader sees.</param>
/// <param name="Hidden">What the reader guesses.</param>
internal sealed record Puzzle(Indicator Indicator, IReadOnlyList<Observation> Known, IReadOnlyList<Observation> Hidden)
{
    /// <summary>The last three years of yearly values, six quarters, twelve months are hidden, and of what is known so much is
    /// shown that the hidden part is wide enough to draw in; null where too little would be left.</summary>
    public static Puzzle? Of(Track track)
    {
        var values = Track.Gapless(track.City);
        var count = track.Indicator.Cycle switch { Cycle.Month => 12, Cycle.Quarter => 6, _ => 3 };
        return values.Count < count * 2 ? null : new(track.Indicator, [.. values.SkipLast(count).TakeLast(count * 3)], [.. values.TakeLast(count)]);
    }

    /// <summary>Lower and upper end of what can be drawn: room for a guess on both sides, the same whatever the truth is.</summary>
    public (double Low, double High) Room()
    {
        var (min, max) = (Known.Min(o => o.Value!.Value), Known.Max(o => o.Value!.Value));
        var room = Math.Max(max - min, Math.Abs(max) * 0.05) * 0.6;
        return (Math.Max(Indicator.Min ?? double.MinValue, min - room), Math.Min(Indicator.Max ?? double.MaxValue, max + room));
    }
}

/// <summary>How others guessed.</summary>
/// <param name="Count">Guesses, one a visitor.</param>
/// <param name="Middle">Median of each hidden period.</param>
/// <param name="Low">A tenth guessed less.</param>
/// <param name="High">A tenth guessed more.</param>
internal sealed record Others(int Count, IReadOnlyList<double> Middle, IReadOnlyList<double> Low, IReadOnlyList<double> High);

/// <summary>Keeps guesses: the shape, and a hash that tells one visitor from another. Shown to others from thirty on.</summary>
internal sealed class Guesses(IDbContextFactory<IndicatorsDb> dbs, TimeProvider time)
{
    /// <summary>Fewer would show what single people think.</summary>
    public const int Enough = 30;
    private const int Most = 5000;

    /// <summary>A token for a visitor who has none.</summary>
    public static string NewToken() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
    public static bool IsToken(string? token) => token is { Length: 32 } && token.All(char.IsAsciiHexDigitLower);
    // not the token itself is kept, so that the table cannot be turned back into cookies
    private static string Hash(string token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes("guess:" + token)));

    /// <summary>Keeps a guess; a second one of the same visitor takes the place of the first.</summary>
    public async Task Keep(Puzzle puzzle, string token, IReadOnlyList<double> values, CancellationToken cancel)
    {
        await using var db = await dbs.CreateDbContextAsync(cancel);
        var (hash, first) = (Hash(token), puzzle.Hidden[0].Period.ToString());
        var guess = await db.Guesses.SingleOrDefaultAsync(g => g.Indicator == puzzle.Indicator.Key && g.First == first && g.Visitor == hash, cancel);
        if (guess is null) db.Guesses.Add(guess = new() { Indicator = puzzle.Indicator.Key, First = first, Visitor = hash });
        (guess.Values, guess.At) = (JsonSerializer.Serialize(values), time.GetUtcNow().ToUnixTimeMilliseconds());
        try { await db.SaveChangesAsync(cancel); }
        catch (DbUpdateException) when (guess.Id == 0) { /* the same visitor in two tabs: the other one was first */ }
    }

    public async Task<IReadOnlyList<double>?> Mine(Puzzle puzzle, string? token, CancellationToken cancel)
    {
        if (!IsToken(token)) return null;
        await using var db = await dbs.CreateDbContextAsync(cancel);
        var (hash, first) = (Hash(token!), puzzle.Hidden[0].Period.ToString());
        var guess = await db.Guesses.AsNoTracking().SingleOrDefaultAsync(g => g.Indicator == puzzle.Indicator.Key && g.First == first && g.Visitor == hash, cancel);
        return guess is null ? null : Numbers(guess, puzzle);
    }

    /// <summary>How all guessed; null while there are fewer than thirty.</summary>
    public async Task<Others?> All(Puzzle puzzle, CancellationToken cancel)
    {
        await using var db = await dbs.CreateDbContextAsync(cancel);
        var first = puzzle.Hidden[0].Period.ToString();
        var rows = await db.Guesses.AsNoTracking().Where(g => g.Indicator == puzzle.Indicator.Key && g.First == first).OrderByDescending(g => g.At).Take(Most).ToListAsync(cancel);
        var guesses = rows.Select(r => Numbers(r, puzzle)).OfType<IReadOnlyList<double>>().ToList();
        if (guesses.Count < Enough) return null;
        var sorted = puzzle.Hidden.Select((_, i) => guesses.Select(g => g[i]).Order().ToList()).ToList();
        IReadOnlyList<double> At(double share) => [.. sorted.Select(s => s[(int)Math.Round(share * (s.Count - 1))])];
        return new(guesses.Count, At(0.5), At(0.1), At(0.9));
    }

    private static IReadOnlyList<double>? Numbers(StoredGuess guess, Puzzle puzzle) => JsonSerializer.Deserialize<List<double>>(guess.Values) is { } values && values.Count == puzzle.Hidden.Count ? values : null;
}
