using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Migrations.Operations;
using Microsoft.EntityFrameworkCore.Migrations.Operations.Builders;
using Microsoft.Extensions.DependencyInjection;

namespace SmartCity;

/// <summary>The tables of a module: a schema of its own on PostgreSQL, a prefix of its own on SQLite, a migration history
/// of its own on both. Register with <c>services.AddModuleDb&lt;T&gt;()</c>.</summary>
public abstract class ModuleDbContext(DbContextOptions options) : DbContext(options), IModuleDb
{
    /// <inheritdoc/>
    public abstract string ModuleKey { get; }

    /// <inheritdoc/>
    protected sealed override void OnModelCreating(ModelBuilder modelBuilder)
    {
        Build(modelBuilder);
        ModuleTables.Place(modelBuilder, ModuleKey, Database.ProviderName);
    }

    /// <summary>Describes the tables by their plain names.</summary>
    protected abstract void Build(ModelBuilder model);
}

/// <summary>A context whose tables belong to one module. Implement it directly only where the base class is already taken.</summary>
public interface IModuleDb
{
    /// <summary>Schema on PostgreSQL, prefix on SQLite.</summary>
    string ModuleKey { get; }
}

/// <summary>Where a module's tables stand on each database.</summary>
public static class ModuleTables
{
    /// <summary>Name of EF Core's provider for PostgreSQL.</summary>
    public const string Postgres = "Npgsql.EntityFrameworkCore.PostgreSQL";

    /// <summary>Puts every table of a model into the module's schema, or behind its prefix. Call it last.</summary>
    public static void Place(ModelBuilder model, string moduleKey, string? provider)
    {
        ArgumentNullException.ThrowIfNull(model);
        var schema = Schema(moduleKey);
        if (provider == Postgres) model.HasDefaultSchema(schema);
        foreach (var entity in model.Model.GetEntityTypes())
        {
            // an owned value, or a JSON document, stands in its owner's table
            if (entity.FindOwnership() is { IsUnique: true } || entity.IsMappedToJson()) continue;
            if (provider == Postgres) entity.SetSchema(schema);
            else entity.SetTableName(schema + "_" + entity.GetTableName());
        }
    }

    /// <summary>The module's key as a schema name: hyphens become underscores.</summary>
    public static string Schema(string moduleKey) => moduleKey.Replace('-', '_');
}

/// <summary>A migration written by hand, once, for both databases: never name a column type.</summary>
public abstract class ModuleMigration : Migration
{
    /// <summary>Key of the module whose tables it changes.</summary>
    protected abstract string ModuleKey { get; }

    /// <summary>True when it runs on PostgreSQL.</summary>
    protected bool IsPostgres => ActiveProvider == ModuleTables.Postgres;

    /// <summary>Schema of the tables; null on SQLite, which has none.</summary>
    protected string? Schema => IsPostgres ? ModuleTables.Schema(ModuleKey) : null;

    /// <summary>Name of a table on the running database.</summary>
    protected string Table(string name) => IsPostgres ? name : ModuleTables.Schema(ModuleKey) + "_" + name;

    /// <summary>Makes a whole-number key that the database counts up. Each database is told in its own way; the providers are
    /// not seen from here, so PostgreSQL's word is asked for by name.</summary>
    protected OperationBuilder<AddColumnOperation> Counted(OperationBuilder<AddColumnOperation> column)
    {
        ArgumentNullException.ThrowIfNull(column);
        if (!IsPostgres) return column.Annotation("Sqlite:Autoincrement", true);
        var strategy = Type.GetType("Npgsql.EntityFrameworkCore.PostgreSQL.Metadata.NpgsqlValueGenerationStrategy, " + ModuleTables.Postgres, throwOnError: true)!;
        return column.Annotation("Npgsql:ValueGenerationStrategy", Enum.Parse(strategy, "IdentityByDefaultColumn"));
    }
}

/// <summary>The city's database, one setting for all modules.</summary>
public interface ICityDatabase
{
    /// <summary>Points a context at it, with a migration history of the module's own.</summary>
    void Configure(DbContextOptionsBuilder options, string moduleKey);
}

/// <summary>Says that a context exists, so that its tables are migrated and checked.</summary>
/// <param name="Context">Type of the context.</param>
/// <param name="ModuleKey">Key of the module that owns the tables.</param>
public sealed record ModuleDb(Type Context, string ModuleKey);

/// <summary>A folder of files that belong to the city's data, beside its database: backed up and restored with it, and checked against it.
/// Register one for each as a singleton. A name that ends with <c>.part</c>, and the file beside it without that ending, is not finished yet.</summary>
/// <param name="Key">Key of the module and of what it keeps, as <c>module.things</c>: the folder's name in a backup.</param>
/// <param name="Path">Where it stands on this machine.</param>
/// <param name="Files">Names of the files that the tables speak of, with their SHA-256 in lower-case hexadecimal.</param>
public sealed record KeptFolder(string Key, string Path, Func<IServiceProvider, CancellationToken, Task<IReadOnlyDictionary<string, string>>> Files);

/// <summary>Registration of a module's tables.</summary>
public static class ModuleDbRegistration
{
    /// <summary>Registers a context on the city's database, and its migrations with the step that applies them.</summary>
    public static IServiceCollection AddModuleDb<T>(this IServiceCollection services, string moduleKey) where T : DbContext, IModuleDb
    {
        services.AddSingleton(new ModuleDb(typeof(T), moduleKey));
        services.AddDbContextFactory<T>((provider, options) => provider.GetRequiredService<ICityDatabase>().Configure(options, moduleKey));
        return services;
    }
}
