using SmartCity.Shell.Access;
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
            case ["admin", "add", var name]:
                return await AccessSetup.AddAdministrator(services, name, Console.Out, Console.Error);
            default:
                await Console.Error.WriteLineAsync($"'{string.Join(' ', words)}' is not a command. There are: migrate; admin add NAME.");
                return 1;
        }
    }
}
