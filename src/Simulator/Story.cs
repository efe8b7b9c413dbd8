using System.Globalization;

namespace SmartCity.Simulator;

/// <summary>A headline of the pack, to be told of an area and with a number.</summary>
internal sealed class Story
{
    /// <summary>Smallest and largest number.</summary>
    public int[] N { get; set; } = [0, 0];
    /// <summary>Its words by language.</summary>
    public Dictionary<string, StoryText> In { get; set; } = [];

    /// <summary>A story that has come out.</summary>
    public sealed record Item(DateTimeOffset At, string Language, string Title, string Summary, string Link, string Guid);

    /// <summary>The newest stories, newest first, each in every language it is told in. Nothing about them depends on when
    /// they are asked for.</summary>
    public static IReadOnlyList<Item> Published(IReadOnlyList<Story> stories, Source source, CityGround ground, string seed, DateTimeOffset now)
    {
        var items = new List<Item>();
        var turn = source.EveryLength.Ticks;
        var die = Noise.Seed(seed + source.Id);
        var told = 0;
        for (var number = now.UtcTicks / turn; told < source.Count; number--)
        {
            // somewhere in the first half of its turn, so that the order holds and the clock is not heard ticking
            var at = new DateTimeOffset(number * turn + (long)(Noise.Die(die, number) * turn / 2), TimeSpan.Zero);
            at = at.AddTicks(-(at.Ticks % TimeSpan.TicksPerSecond));
            if (at > now) continue;
            told++;
            // all headlines in turn before one comes back, another order each time
            var story = stories[Pick(die, number, stories.Count)];
            var area = ground.Areas[(int)(Noise.Die(die ^ 1, number) * ground.Areas.Count)];
            var n = story.N[0] + (int)(Noise.Die(die ^ 2, number) * (story.N[1] - story.N[0] + 1));
            foreach (var language in ground.Languages)
            {
                if (!story.In.TryGetValue(language, out var text)) continue;
                string Tell(string told) => told
                    .Replace("{area}", area.OfArea("name." + language), StringComparison.Ordinal)
                    .Replace("{n}", n.ToString("N0", CultureInfo.InvariantCulture), StringComparison.Ordinal);
                var title = Tell(text.Title);
                if (source.MarkupEvery > 0 && number % source.MarkupEvery == 0) title = "<b>" + title + "</b>";
                else if (source.DoubleEscapedEvery > 0 && number % source.DoubleEscapedEvery == 0) title = "&lt;b&gt;" + title + "&lt;/b&gt;";
                var id = FormattableString.Invariant($"{number}-{language}");
                items.Add(new(at, language, title, Tell(text.Summary), source.Link + id, $"{ground.Key}-{source.Id}-{id}"));
            }
        }
        return items;
    }

    private static int Pick(ulong die, long number, int count)
    {
        var (round, place) = (number / count, (int)(number % count));
        // a step that shares no factor with the count visits every headline once a round
        var step = 1 + (int)(Noise.Die(die ^ 3, round) * (count - 1));
        while (Gcd(step, count) != 1) step++;
        return (int)((place * (long)step + (long)(Noise.Die(die ^ 4, round) * count)) % count);
    }

    private static int Gcd(int a, int b) => b == 0 ? a : Gcd(b, a % b);
}

/// <summary>A headline in one language, with <c>{area}</c> and <c>{n}</c>.</summary>
internal sealed class StoryText
{
    public string Title { get; set; } = "";
    public string Summary { get; set; } = "";
}
