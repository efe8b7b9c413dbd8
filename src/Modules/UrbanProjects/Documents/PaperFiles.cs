using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;

namespace SmartCity.UrbanProjects;

/// <summary>Documents as files: only to those who may see them, closed and absent look the same.</summary>
internal static class PaperFiles
{
    public static void Map(IEndpointRouteBuilder endpoints) => endpoints.MapGet("/files/{paper}", Serve);

    private static async Task<IResult> Serve(string paper, bool? save, HttpContext http, Book book, PaperStore store, IAudience audience, CancellationToken cancel)
    {
        if (!PaperStore.IsName(paper)) return Results.NotFound();
        var register = await book.Now(cancel);
        var whole = audience.Can(UrbanProjectsModule.Edit);
        if (register.Dossiers.SelectMany(d => d.VersionsFor(whole)).FirstOrDefault(p => p.File == paper) is not { } found || FileKind.Find(found.Kind) is not { } kind || store.Open(found.File) is not { } stream) return Results.NotFound();
        var shown = kind.Inline && save is not true;
        var disposition = new ContentDispositionHeaderValue(shown ? "inline" : "attachment");
        disposition.SetHttpFileName(found.Name);
        http.Response.Headers.ContentDisposition = disposition.ToString();
        // it may be withdrawn at any time
        http.Response.Headers.CacheControl = "private, no-cache";
        return Results.Stream(stream, kind.MediaType, entityTag: new($"\"{found.Sha256}\""));
    }
}
