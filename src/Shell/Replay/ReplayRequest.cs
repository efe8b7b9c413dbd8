using System.Globalization;
using Microsoft.AspNetCore.Mvc.RazorPages;
using SmartCity.Shell.City;

namespace SmartCity.Shell.Replay;

/// <summary>Turns a page to the instant that its address names: <c>?at=2026-11-21T13:05:00Z</c>, or a local time of the city.
/// After the reader's rights are known: whoever may not see a screen may not see its past either.</summary>
internal sealed class ReplayRequest(RequestDelegate next, Replays replays, CityPack city, TimeProvider time)
{
    public const string Name = "at";
    // pages that are about the reader or about this host, not about the city
    private static readonly string[] Present = ["/Access/", "/Feeds/", "/Search/", "/SiteMap", "/Error"];
    private static readonly string[] Local = ["yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd'T'HH:mm:ss", "yyyy-MM-dd HH:mm", "yyyy-MM-dd HH:mm:ss"];

    public Task InvokeAsync(HttpContext http, Moment moment) =>
        http.Request.Query[Name] is [{ Length: > 0 } text] && (HttpMethods.IsGet(http.Request.Method) || HttpMethods.IsHead(http.Request.Method)) && HasPast(http) ? Turned(http, moment, text) : next(http);

    private async Task Turned(HttpContext http, Moment moment, string text)
    {
        var now = time.GetUtcNow();
        if (Read(text, city.Zone) is not { } at) moment.Refuse("replay.nottime");
        else if (at > now) moment.Refuse("replay.notyet");
        else if (await replays.At(at, http.RequestAborted) is { } past)
        {
            moment.TurnTo(past);
            http.Items[LiveTagHelper.StandsStill] = true;
        }
        else
        {
            http.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            http.Response.Headers.RetryAfter = "5";
            return;
        }
        await next(http);
    }

    private static bool HasPast(HttpContext http) => http.GetEndpoint() is { } endpoint && (endpoint.Metadata.GetMetadata<PageActionDescriptor>() is { } page
        ? !Present.Any(p => page.ViewEnginePath.StartsWith(p, StringComparison.Ordinal)) : endpoint.Metadata.GetMetadata<HasPast>() is not null);

    /// <summary>An instant as addresses carry it.</summary>
    public static string Write(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>Reads an instant, or a local time of the city; to the second.</summary>
    public static DateTimeOffset? Read(string text, TimeZoneInfo zone)
    {
        // in an address, a plus that was not written as %2B has become a space
        text = text.Trim();
        DateTimeOffset at;
        if (DateTime.TryParseExact(text, Local, CultureInfo.InvariantCulture, DateTimeStyles.None, out var local))
        {
            if (zone.IsInvalidTime(local)) return null;
            at = new(local, zone.GetUtcOffset(local));
        }
        else if (!DateTimeOffset.TryParseExact(text.Replace(' ', '+'), ["yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mmK"], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out at)) return null;
        return at.Year is < 2000 or > 9000 ? null : new DateTimeOffset(at.UtcTicks / TimeSpan.TicksPerSecond * TimeSpan.TicksPerSecond, TimeSpan.Zero);
    }
}

/// <summary>Says that an address that is no page can be asked about the past too.</summary>
internal sealed class HasPast;
