using System.Data.Common;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using SmartCity.Shell;
using SmartCity.Shell.Store;
using SmartCity.Tests.Feeds;

namespace SmartCity.Tests.Store;

/// <summary>The databases that the platform runs on, in the names of tests.</summary>
public enum Db { Sqlite, Postgres }

/// <summary>A whole city, put together and not started, on an empty database of either kind.</summary>
internal sealed class TestDatabase : IAsyncDisposable
{
    private readonly string _folder;
    private readonly bool _owned;
    private readonly SmartCityApp _app;

    private TestDatabase(string folder, string setting, bool owned)
    {
        (_folder, Setting, _owned) = (folder, setting, owned);
        _app = Put(folder, setting, Log);
    }

    public static TheoryData<Db> Kinds => [Db.Sqlite, Db.Postgres];

    public string Setting { get; }
    public LogBook Log { get; } = new();
    public SmartCityApp App => _app;
    public IServiceProvider Services => _app.Web.Services;
    public CityDatabase Database => Services.GetRequiredService<CityDatabase>();
    public Migrator Migrator => Services.GetRequiredService<Migrator>();
    public ReadingStore Store => Services.GetRequiredService<ReadingStore>();
    public IReadOnlyList<ModuleDb> Owners => [.. Services.GetServices<ModuleDb>()];
    public static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static async Task<TestDatabase> Empty(Db kind)
    {
        var folder = Directory.CreateTempSubdirectory("smartcity-store-").FullName;
        return new(folder, kind == Db.Postgres ? await Postgres.NewDatabase() : Path.Combine(folder, "city.db"), owned: true);
    }

    public static async Task<TestDatabase> Migrated(Db kind)
    {
        var database = await Empty(kind);
        await database.Migrator.Apply(Cancel);
        return database;
    }

    /// <summary>A further host on the same database.</summary>
    public TestDatabase Again() => new(_folder, Setting, owned: false);

    public static SmartCityApp Put(string folder, string setting, LogBook? log = null, params string[] words) => SmartCityApp.Create(
    [
        .. words, "--environment=Production", "--applicationName=SmartCity.Host", $"--contentRoot={folder}", $"--City={Repository.Path("cities", "seoul")}", $"--Database={setting}", "--urls=http://127.0.0.1:0", "--Logging:Console:LogLevel:Default=None",
    ], city =>
    {
        city.Modules(TierD.Modules);
        if (log is not null) city.Services.AddSingleton<Microsoft.Extensions.Logging.ILoggerProvider>(log);
    });

    public async Task<object?> Ask(string sql)
    {
        await using var connection = await Database.Open(Cancel);
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        return await command.ExecuteScalarAsync(Cancel);
    }

    public async Task<long> Count(string table) => Convert.ToInt64(await Ask($"SELECT count(*) FROM {table}"), CultureInfo.InvariantCulture);

    public async ValueTask DisposeAsync()
    {
        await _app.Web.DisposeAsync();
        if (!_owned) return;
        if (Setting.StartsWith("Host=", StringComparison.Ordinal)) await Postgres.Drop(Setting);
        try { Directory.Delete(_folder, recursive: true); }
        catch (IOException) { /* the system's temporary folder is cleaned anyway */ }
    }

    /// <summary>Tables, columns and indexes, one a line, in an order of their own: what a person would compare.</summary>
    public static async Task<IReadOnlyList<string>> Shape(DbConnection connection, string schema, CancellationToken cancel)
    {
        var sqlite = connection is Microsoft.Data.Sqlite.SqliteConnection;
        await using var command = connection.CreateCommand();
        command.CommandText = sqlite
            ? $"""
              SELECT m.name || '.' || c.name || ' ' || c.type || ' notnull=' || c."notnull" || ' key=' || c.pk || ' default=' || coalesce(c.dflt_value, '') FROM sqlite_master m, pragma_table_info(m.name) c
              WHERE m.type = 'table' AND m.name LIKE '{schema}\_%' ESCAPE '\' AND m.name NOT LIKE '%\_\_history' ESCAPE '\'
              UNION ALL
              SELECT 'index on ' || m.name || ' unique=' || i."unique" || ' (' || (SELECT group_concat(x.name, ', ') FROM (SELECT name FROM pragma_index_info(i.name) ORDER BY seqno) x) || ')' FROM sqlite_master m, pragma_index_list(m.name) i
              WHERE m.type = 'table' AND m.name LIKE '{schema}\_%' ESCAPE '\' AND m.name NOT LIKE '%\_\_history' ESCAPE '\'
              UNION ALL
              SELECT 'foreign key ' || m.name || ' -> ' || f."table" || '.' || coalesce(f."to", '') || ' from ' || f."from" || ' ' || f.on_delete FROM sqlite_master m, pragma_foreign_key_list(m.name) f
              WHERE m.type = 'table' AND m.name LIKE '{schema}\_%' ESCAPE '\'
              """
            : $"""
              SELECT table_name || '.' || column_name || ' ' || data_type || ' ' || coalesce(character_maximum_length, 0) || ' null=' || is_nullable || ' identity=' || is_identity || ' default=' || coalesce(column_default, '')
              FROM information_schema.columns WHERE table_schema = '{schema}' AND table_name <> '__history' AND table_name NOT LIKE 'observations\_%'
              UNION ALL
              SELECT 'index on ' || tablename || regexp_replace(indexdef, '^(CREATE( UNIQUE)? INDEX).* USING', ' \2') FROM pg_indexes WHERE schemaname = '{schema}' AND tablename <> '__history' AND tablename NOT LIKE 'observations\_%'
              UNION ALL
              SELECT 'foreign key ' || conrelid::regclass || ' ' || pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'f' AND connamespace = '{schema}'::regnamespace
              """;
        var lines = new List<string>();
        await using var rows = await command.ExecuteReaderAsync(cancel);
        while (await rows.ReadAsync(cancel)) lines.Add(rows.GetString(0));
        return [.. lines.Order(StringComparer.Ordinal)];
    }
}
