using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using SmartCity.Shell.Feeds;

namespace SmartCity.Shell.Outbound;

/// <summary>Pictures of this moment, by the same client and the same rule as every feed.</summary>
internal sealed class LivePictures(SourceClient client, FeedLoop loop, Secrets secrets, TimeProvider time) : ILivePictures
{
    public const int MaxBytes = 2 * 1024 * 1024;
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(8), Between = TimeSpan.FromMinutes(1);
    private readonly ConcurrentDictionary<string, long> _renewed = new(StringComparer.Ordinal);

    public async Task<LivePicture> Ask(string address, LivePicture? previous, CancellationToken cancel = default)
    {
        var before = previous is { Outcome: FetchOutcome.Ok } ? new Answer(FetchOutcome.Ok, [], LastModified: previous.TakenAt, ETag: previous.ETag) : null;
        var answer = await client.Get(new Question(address, Timeout) { MaxBytes = MaxBytes, Previous = before, FirstPart = true }, cancel);
        return answer.NotModified ? previous! with { Unchanged = true } : Of(answer);
    }

    public async IAsyncEnumerable<LivePicture> Follow(string address, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        await foreach (var answer in client.Follow(new Question(address, Timeout) { MaxBytes = MaxBytes }, cancel))
        {
            var picture = Of(answer);
            yield return picture;
            if (picture.Outcome != FetchOutcome.Ok) yield break;
        }
    }

    public async Task<LivePicture> Fetch(string address, int maxBytes, CancellationToken cancel = default)
    {
        var answer = await client.Get(new Question(address, Timeout) { MaxBytes = maxBytes }, cancel);
        return new(answer.Outcome, answer.Outcome == FetchOutcome.Ok ? answer.Body : ReadOnlyMemory<byte>.Empty, "", 0, 0) { Detail = answer.Detail is null ? null : secrets.Redact(answer.Detail) };
    }

    private LivePicture Of(Answer answer)
    {
        var (outcome, type, width, height, detail) = PictureReader.Read(answer);
        return new(outcome, outcome == FetchOutcome.Ok ? answer.Body : ReadOnlyMemory<byte>.Empty, type, width, height)
        {
            TakenAt = answer.LastModified,
            ETag = answer.ETag,
            Detail = detail is null ? null : secrets.Redact(detail),
        };
    }

    public void Renew(string feed)
    {
        var now = time.GetTimestamp();
        if (_renewed.TryGetValue(feed, out var last) && time.GetElapsedTime(last, now) < Between) return;
        // of two at once, one
        if (last == 0 ? _renewed.TryAdd(feed, now) : _renewed.TryUpdate(feed, now, last)) loop.Hurry(feed);
    }
}
