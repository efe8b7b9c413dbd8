using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace SmartCity.Indicators.Pages;

/// <summary>Guess the last part of a series, then see it, and how others guessed. Whoever guesses remembers better.</summary>
[ResponseCache(NoStore = true, Location = ResponseCacheLocation.None)]
internal sealed class GuessModel(Book book, Guesses guesses, ICity city, IWords words, TimeProvider time) : PageModel
{
    // of this city: a browser keeps the cookies of all cities on one machine together
    private readonly string _cookie = "guess-" + city.Key;

    public Track Track { get; private set; } = null!;
    public Puzzle? Puzzle { get; private set; }
    public IReadOnlyList<double>? Mine { get; private set; }
    public Others? Others { get; private set; }
    public IReadOnlyList<string?> Typed { get; private set; } = [];
    public string? Problem { get; private set; }
    public DateTimeOffset Now => time.GetUtcNow();

    public async Task<IActionResult> OnGetAsync(string indicator, bool again, CancellationToken cancel)
    {
        if (!await Load(indicator, cancel)) return NotFound();
        if (Puzzle is null || again) return Page();
        Mine = await guesses.Mine(Puzzle, Request.Cookies[_cookie], cancel);
        // what others think is shown to those who have said what they think
        if (Mine is not null) Others = await guesses.All(Puzzle, cancel);
        return Page();
    }

    private async Task<bool> Load(string indicator, CancellationToken cancel)
    {
        if ((await book.Now(cancel)).Find(indicator) is not { } track) return false;
        (Track, Puzzle) = (track, Indicators.Puzzle.Of(track));
        return true;
    }

    public async Task<IActionResult> OnPostAsync(string indicator, string?[]? guess, CancellationToken cancel)
    {
        if (!await Load(indicator, cancel) || Puzzle is not { } puzzle) return NotFound();
        Typed = guess ?? [];
        var values = new List<double>();
        for (var i = 0; i < puzzle.Hidden.Count; i++)
        {
            var (value, wrong) = Numbers.Read(Track.Indicator, Typed.ElementAtOrDefault(i));
            if (value is { } number && Math.Abs(number) < 1e15) values.Add(number);
            else
            {
                Problem = $"{puzzle.Hidden[i].Period.Words}: {(wrong ?? new("guess", 0, "indicators.wrong.notnumber", Typed.ElementAtOrDefault(i))).In(words)}";
                return Page();
            }
        }
        if (Typed.Count > puzzle.Hidden.Count) return BadRequest();
        var token = Request.Cookies[_cookie];
        if (!Guesses.IsToken(token))
            Response.Cookies.Append(_cookie, token = Guesses.NewToken(), new CookieOptions { HttpOnly = true, SameSite = SameSiteMode.Lax, Secure = Request.IsHttps, MaxAge = TimeSpan.FromDays(365), IsEssential = true });
        await guesses.Keep(puzzle, token!, values, cancel);
        return LocalRedirect($"/{words.Language}/indicators/{indicator}/guess#result");
    }

    /// <summary>How near the guess came, in a sentence.</summary>
    public string Result(IWords say)
    {
        var (indicator, puzzle) = (Track.Indicator, Puzzle!);
        var (guessed, truth, before) = (Mine![^1], puzzle.Hidden[^1].Value!.Value, puzzle.Known[^1].Value!.Value);
        var gap = indicator.Round(guessed - truth);
        var first = gap == 0 ? say.Of("indicators.guess.exact", puzzle.Hidden[^1].Period.Words, indicator.WriteWithUnit(truth))
            : say.Of(gap > 0 ? "indicators.guess.toohigh" : "indicators.guess.toolow", puzzle.Hidden[^1].Period.Words, indicator.WriteWithUnit(guessed), indicator.WriteWithUnit(truth), indicator.WriteDifference(Math.Abs(gap)));
        return first + " " + say[Math.Sign(guessed - before) == Math.Sign(truth - before) ? "indicators.guess.rightway" : "indicators.guess.wrongway"];
    }
}
