using System.Globalization;
using System.Text;
using SmartCity.Shell.City;
using SmartCity.Shell.Store;

namespace SmartCity.Shell.Feeds.Desk;

/// <summary>Addresses of feeds that are not pages: raw answers and descriptors for those who run the city, the schema for everyone.</summary>
internal static class FeedEndpoints
{
    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/feeds/{name}/answers/{at:long}", Answer).RequireAuthorization(ShellContributions.Administer);
        endpoints.MapGet("/feeds/{name}/descriptor.yaml", Descriptor).RequireAuthorization(ShellContributions.Administer);
        endpoints.MapGet("/feeds/{name}/schema.json", (string name, FeedBook book) => book.HealthOf(name)?.Plan is { Descriptor.Upload: true } plan ? Results.Text(UploadSchema.Of(plan).ToJson(), "application/json") : Results.NotFound()).RequireAuthorization(ShellContributions.Administer);
        endpoints.MapGet("/feeds/descriptor.schema.json", (HttpContext http) =>
        {
            http.Response.Headers.CacheControl = "public, max-age=3600";
            // an editor in a browser reads it from anywhere
            http.Response.Headers.AccessControlAllowOrigin = "*";
            return Results.Stream(DescriptorSchema.Published(), "application/schema+json");
        }).AllowAnonymous();
        Inbox.Map(endpoints);
    }

    private static async Task<IResult> Answer(string name, long at, HttpContext http, AnswerLog answers, Secrets secrets, CancellationToken cancel)
    {
        var kept = (await answers.Last(name, 200, cancel)).FirstOrDefault(a => a.From.ToUnixTimeMilliseconds() == at);
        if (kept is not { Hash.Length: > 0 } || await answers.Body(kept.Hash, cancel) is not { } body) return Results.NotFound();
        http.Response.Headers.CacheControl = "no-store";
        // never shown as what it says it is: a page of a stranger's stays a file
        return Results.Bytes(Clean(body, secrets), "application/octet-stream", $"{name}-{kept.From.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture)}.txt");
    }

    // text is told from other bytes by whether it is UTF-8; a secret in a picture is not looked for
    private static byte[] Clean(byte[] body, Secrets secrets)
    {
        try { return Encoding.UTF8.GetBytes(secrets.Redact(new UTF8Encoding(false, true).GetString(body))); }
        catch (DecoderFallbackException) { return Encoding.Latin1.GetBytes(secrets.Redact(Encoding.Latin1.GetString(body))); }
    }

    private static async Task<IResult> Descriptor(string name, int? version, HttpContext http, FeedDesk desk, FeedBook book, CityPack city, CancellationToken cancel)
    {
        var versions = await desk.Versions(name, cancel);
        var yaml = version is { } number ? versions.FirstOrDefault(v => v.Number == number)?.Yaml
            : book.HealthOf(name) is { } health ? FeedYaml.Write(health.Plan.Descriptor, city) : versions.Count > 0 ? versions[0].Yaml : null;
        if (yaml is null) return Results.NotFound();
        http.Response.Headers.CacheControl = "no-store";
        if (!yaml.StartsWith("# yaml-language-server", StringComparison.Ordinal)) yaml = $"# yaml-language-server: $schema={http.Request.Scheme}://{http.Request.Host}/feeds/descriptor.schema.json\n{yaml}";
        return Results.Bytes(Encoding.UTF8.GetBytes(yaml), "application/yaml; charset=utf-8", $"{name[(name.IndexOf('.', StringComparison.Ordinal) + 1)..]}.yaml");
    }
}
