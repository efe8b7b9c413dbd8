using System.Globalization;
using SmartCity.Shell.Access;
using SmartCity.Shell.Backup;
using SmartCity.Shell.City;
using SmartCity.Shell.Feeds;
using SmartCity.Shell.Store;

namespace SmartCity.Shell;

/// <summary>What the host does instead of serving, when it is started with a word.</summary>
internal static class HostCommands
{
    public static async Task<int> Run(IServiceProvider services, string[] words)
    {
        switch (words)
        {
            case ["migrate"]:
            {
                var migrator = services.GetRequiredService<Migrator>();
                var pending = await migrator.Pending();
                await migrator.Apply();
                Console.WriteLine(pending.Count == 0 ? "The database is up to date." : $"{pending.Count} migrations applied: {string.Join(", ", pending.Select(p => $"{p.Module}/{p.Migration}"))}");
                return 0;
            }
            case ["archive"]:
            {
                await FirstStep.Prepare(services.GetRequiredService<CityDatabase>(), services.GetRequiredService<Migrator>(), default);
                var moved = await services.GetRequiredService<Archive>().Run(default);
                Console.WriteLine(moved.Count == 0 ? "Nothing is due: every value is younger than its feed keeps it, or in the archive." : $"Moved to {services.GetRequiredService<ArchiveFolder>().Path}: {string.Join(", ", moved.Select(m => string.Create(CultureInfo.InvariantCulture, $"{m.Month} ({m.Values:n0} values)")))}");
                return 0;
            }
            case ["archive", "restore", var month]:
            {
                await FirstStep.Prepare(services.GetRequiredService<CityDatabase>(), services.GetRequiredService<Migrator>(), default);
                var values = await services.GetRequiredService<Archive>().Restore(month, default);
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{month} is back with {values:n0} values. It stays at hand for {Archive.Stay.TotalDays:0} days; its file stays in the archive."));
                return 0;
            }
            case ["backup", var target]:
                Console.WriteLine($"Backed up to {await services.GetRequiredService<Backups>().Make(target, default)}");
                return 0;
            case ["restore", var file, .. ["over"] or []]:
                Console.WriteLine(await services.GetRequiredService<Backups>().Restore(file, words.Length > 2, default));
                return 0;
            case ["check"]:
            {
                var problems = await services.GetRequiredService<DataCheck>().Run(default);
                foreach (var problem in problems) Console.WriteLine(problem);
                Console.WriteLine(problems.Count == 0 ? "ok" : string.Create(CultureInfo.InvariantCulture, $"{problems.Count} problems."));
                return problems.Count == 0 ? 0 : 1;
            }
            case ["admin", "add", var name]:
                return await AccessSetup.AddAdministrator(services, name, Console.Out, Console.Error);
            case ["users"] or ["users", "link", ..]:
                return await ListedPeople.Command(services, words.Length > 1, words.Length > 2 ? words[2] : null, Console.Out, Console.Error);
            case ["feeds", "check", ..]:
                return await FeedCommands.Check(services.GetRequiredService<CityPack>(), services.GetRequiredService<Catalogue>(), services.GetRequiredService<TimeProvider>(), Console.Out);
            case ["feeds", "try", var file]:
                return await FeedCommands.Try(file, services.GetRequiredService<IConfiguration>()["as"] ?? "json", services.GetRequiredService<CityPack>(), services.GetRequiredService<TimeProvider>(), Console.Out);
            case ["tier", "set", var tier]:
                return await new Packages.TierCommands(services, Console.Out, Console.Error).Set(tier);
            case ["upgrade"]:
                return await new Packages.TierCommands(services, Console.Out, Console.Error).Upgrade(null);
            case ["upgrade", var version]:
                return await new Packages.TierCommands(services, Console.Out, Console.Error).Upgrade(version);
            default:
                await Console.Error.WriteLineAsync($"'{string.Join(' ', words)}' is not a command. There are: migrate; city check PACK; archive; archive restore YYYY-MM; backup FOLDER or FILE; restore FILE [--over]; check; admin add NAME; users; users link [NAME]; feeds check PACK; feeds try FILE --as FORMAT; tier set A|B|C|D [--dry-run]; upgrade [VERSION] [--dry-run].");
                return 1;
        }
    }
}
