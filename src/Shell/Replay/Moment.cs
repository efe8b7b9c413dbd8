using SmartCity.Shell.Feeds;

namespace SmartCity.Shell.Replay;

/// <summary>The instant that a request, or a rendering, is about: now, unless it was turned to the past.</summary>
internal sealed class Moment(FeedBook book)
{
    /// <summary>What was known at the instant of the past; null for now.</summary>
    public PastFeeds? Past { get; private set; }
    /// <summary>What the address asks for and why it is not shown: the key of a sentence; null when all is well.</summary>
    public string? Refused { get; private set; }
    public IFeeds Feeds => Past is null ? book : Past;

    public void TurnTo(PastFeeds past) => Past = past;
    public void Refuse(string word) => Refused = word;

    /// <summary>An address that stays at the same instant.</summary>
    public string Link(string url) => Past is null ? url : At(url, Past.Now);

    /// <summary>An address with an instant in its query.</summary>
    public static string At(string url, DateTimeOffset at)
    {
        var anchor = url.IndexOf('#', StringComparison.Ordinal);
        var (path, rest) = anchor < 0 ? (url, "") : (url[..anchor], url[anchor..]);
        return $"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}{ReplayRequest.Name}={ReplayRequest.Write(at)}{rest}";
    }
}
