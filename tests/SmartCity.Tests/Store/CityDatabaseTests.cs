using SmartCity.Shell;
using SmartCity.Shell.Store;

namespace SmartCity.Tests.Store;

public sealed class CityDatabaseTests
{
    [Theory]
    [InlineData("Host=db;Database=city", true)]
    [InlineData("Username=u; server=db", true)]
    [InlineData("data/city.db", false)]
    [InlineData("/srv/the Host/city.db", false)]
    [InlineData("Data Source=data/city.db;Cache=Shared", false)]
    public void One_setting_chooses_the_database(string setting, bool postgres)
    {
        var database = new CityDatabase(setting);
        Assert.Equal(postgres ? DatabaseKind.Postgres : DatabaseKind.Sqlite, database.Kind);
        if (!postgres) Assert.EndsWith("city.db", database.File, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("postgres://user:secret-word@db/city")]
    [InlineData("Host=db;Password=secret-word;Colour=blue")]
    [InlineData("Data Source=city.db;Password=secret-word;Colour=blue")]
    public void A_setting_that_is_neither_is_refused_without_repeating_it(string setting)
    {
        var refused = Assert.Throws<CannotStartException>(() => new CityDatabase(setting));
        Assert.StartsWith("The setting Database cannot be read", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret-word", refused.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_place_that_cannot_be_written_is_told_in_one_sentence()
    {
        var folder = Directory.CreateTempSubdirectory("smartcity-place-").FullName;
        // a file where a folder should be stops also those who may write everywhere
        await File.WriteAllTextAsync(Path.Combine(folder, "data"), "", TestDatabase.Cancel);
        await using var app = TestDatabase.Put(folder, Path.Combine(folder, "data", "city.db")).Web;
        var refused = await Assert.ThrowsAsync<CannotStartException>(() => app.StartAsync(TestDatabase.Cancel));
        Assert.StartsWith($"The database cannot be written to {Path.Combine(folder, "data", "city.db")}: ", refused.Message, StringComparison.Ordinal);
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_folder_without_the_right_to_write_is_told_in_one_sentence()
    {
        Assert.SkipWhen(Environment.UserName == "root" || OperatingSystem.IsWindows(), "Who may write everywhere cannot be refused.");
        var folder = Directory.CreateTempSubdirectory("smartcity-place-").FullName;
#pragma warning disable CA1416 // skipped above
        File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        Assert.Throws<CannotStartException>(new CityDatabase(Path.Combine(folder, "city.db")).CheckPlace);
        File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
#pragma warning restore CA1416
        await using var writable = new CityDatabase(Path.Combine(folder, "city.db"));
        writable.CheckPlace();
        Assert.Empty(Directory.GetFileSystemEntries(folder));
        Directory.Delete(folder);
    }

    [Theory]
    [InlineData("Host=127.0.0.1;Port=1;Username=city;Database=city;Timeout=2")]
    public async Task A_server_that_is_not_there_is_told_as_that_and_not_as_missing_migrations(string setting)
    {
        var error = Console.Error;
        await using var told = new StringWriter();
        Console.SetError(told);
        try { Assert.Equal(1, await TestDatabase.Put(Path.GetTempPath(), setting).RunAsync()); }
        finally { Console.SetError(error); }
        // other tests that say something meanwhile say it there as well
        var line = Assert.Single(told.ToString().Split('\n'), l => l.StartsWith("PostgreSQL cannot be used: ", StringComparison.Ordinal));
        Assert.DoesNotContain("migrations", line, StringComparison.Ordinal);
    }
}
