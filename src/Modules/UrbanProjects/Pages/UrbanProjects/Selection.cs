using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace SmartCity.UrbanProjects.Pages;

/// <summary>The projects that a view shows: list, map and schedule read the same address in the same way.</summary>
internal sealed record Selection
{
    public static readonly string[] Views = ["list", "map", "schedule"];

    public required string View { get; init; }
    public required ProjectFilter Filter { get; init; }
    public required IReadOnlyList<Sight> All { get; init; }
    /// <summary>Those that were asked for, in the order that was asked for.</summary>
    public required IReadOnlyList<Sight> Rows { get; init; }
    public required Register Register { get; init; }
    public required DateOnly Today { get; init; }
    public AsOf? AsOf { get; init; }
    /// <summary>The saved filter that the address names.</summary>
    public SavedFilter? Saved { get; init; }
    /// <summary>True when the address names one that is not kept any more.</summary>
    public bool Gone { get; init; }
    public IReadOnlyList<SavedFilter> Mine { get; init; } = [];
    public bool SignedIn { get; init; }
    /// <summary>True when the reader sees the working state.</summary>
    public bool Whole { get; init; }
    /// <summary>What is wrong with the pack's files, for those who can see to it.</summary>
    public IReadOnlyList<string> Problems { get; init; } = [];

    public static string UrlOf(string view) => view == "list" ? "/urban-projects" : "/urban-projects/" + view;

    /// <summary>Address below the language of a view with this filter.</summary>
    public string Url(string view) => UrlOf(view) + Filter.Query;

    /// <summary>Address of the list with one part of the filter changed.</summary>
    public string With(Func<ProjectFilter, ProjectFilter> change) => UrlOf(View) + change(Filter).Query;

    public int CountOf(Standing standing) => All.Count(s => s.Standing == standing);

    public static async Task<Selection> Read(string view, HttpRequest request, Book book, ICity city, IWords words, IAudience audience, IDbContextFactory<UrbanProjectsDb> dbs, TimeProvider time, CancellationToken cancel)
    {
        var register = await book.Now(cancel);
        var all = Sight.All(register, audience, book.Today);
        var filter = ProjectFilter.Read(name => request.Query[name]);
        await using var db = await dbs.CreateDbContextAsync(cancel);
        SavedFilter? saved = null;
        if (request.Query["saved"].ToString() is { Length: > 0 and <= 16 } id && (saved = await db.Filters.AsNoTracking().SingleOrDefaultAsync(f => f.Id == id, cancel)) is not null) filter = ProjectFilter.Read(saved.Query);
        var whole = audience.Can(UrbanProjectsModule.Edit);
        return new()
        {
            View = view,
            Filter = filter,
            All = all,
            Rows = filter.Of(all),
            Register = register,
            Today = book.Today,
            AsOf = Sight.Newest(all, city, words, time.GetUtcNow()),
            Saved = saved,
            Gone = saved is null && request.Query.ContainsKey("saved"),
            Mine = audience.UserName is { } name ? await db.Filters.AsNoTracking().Where(f => f.Person == name).OrderBy(f => f.Name).Take(50).ToListAsync(cancel) : [],
            SignedIn = audience.UserName is not null,
            Whole = whole,
            Problems = whole ? [.. register.Pack.Problems.Select(p => Pack.Sentence(p, words)), .. register.LeftOut.Select(l => $"{l.Key}: {l.Wrong.In(words)}")] : [],
        };
    }
}
