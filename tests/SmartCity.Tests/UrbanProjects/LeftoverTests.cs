using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using SmartCity.Shell.Backup;
using SmartCity.Tests.Store;
using SmartCity.UrbanProjects;

namespace SmartCity.Tests.UrbanProjects;

/// <summary>A program that is killed in the middle of an upload leaves nothing behind for good, and loses nothing that a row names.</summary>
public sealed class LeftoverTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_upload_that_was_cut_off_goes_after_an_hour_and_one_that_a_row_names_stays()
    {
        await using var city = await TestDatabase.Migrated(Db.Sqlite);
        var store = city.Services.GetRequiredService<PaperStore>();
        string[] laid = [await Lay("named"), await Lay("cut off"), await Lay("under way")];
        await using (var db = await city.Services.GetRequiredService<IDbContextFactory<UrbanProjectsDb>>().CreateDbContextAsync(Cancel))
        {
            db.Papers.Add(new() { Project = "p", Series = "s", Version = 1, Title = "t", Name = "n.txt", Kind = "text", File = laid[0], Bytes = 5, Sha256 = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData("named"u8)), At = 1, Person = "somebody", Why = "why" });
            await db.SaveChangesAsync(Cancel);
        }
        foreach (var name in laid) File.SetLastWriteTimeUtc(Path.Combine(store.Folder, name), DateTime.UtcNow.AddHours(-2));
        foreach (var name in laid[..2]) File.SetLastWriteTimeUtc(Path.Combine(store.Folder, name + ".part"), DateTime.UtcNow.AddHours(-2));
        Assert.Empty(await city.Services.GetRequiredService<DataCheck>().Run(Cancel));

        using var leftovers = new Leftovers(store, city.Services.GetRequiredService<IServiceScopeFactory>(), TimeProvider.System);
        await leftovers.StartAsync(Cancel);
        await leftovers.ExecuteTask!;
        Assert.Equal(new[] { laid[0], laid[2], laid[2] + ".part" }.Order(StringComparer.Ordinal), Directory.GetFiles(store.Folder).Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal));
        Assert.Empty(await city.Services.GetRequiredService<DataCheck>().Run(Cancel));
        // without a mark, a file that nobody names is told
        store.Keep(laid[2]);
        Assert.Contains("No row of", Assert.Single(await city.Services.GetRequiredService<DataCheck>().Run(Cancel)), StringComparison.Ordinal);

        async Task<string> Lay(string text) => (await store.Lay(System.Text.Encoding.UTF8.GetBytes(text), Cancel)).Name;
    }
}
