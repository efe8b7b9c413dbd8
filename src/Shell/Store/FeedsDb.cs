using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace SmartCity.Shell.Store;

/// <summary>What the feeds have brought.</summary>
internal sealed class FeedsDb(DbContextOptions<FeedsDb> options) : ModuleDbContext(options)
{
    public const string Module = "feeds";
    public override string ModuleKey => Module;

    public DbSet<StoredSeries> Series => Set<StoredSeries>();
    public DbSet<Observation> Observations => Set<Observation>();
    public DbSet<HourOf> Hours => Set<HourOf>();
    public DbSet<StoredDocument> Documents => Set<StoredDocument>();
    public DbSet<StoredPicture> Pictures => Set<StoredPicture>();

    protected override void Build(ModelBuilder model)
    {
        model.Entity<StoredSeries>(e =>
        {
            e.ToTable("series");
            e.Property(s => s.Feed).HasMaxLength(100);
            e.Property(s => s.Thing).HasMaxLength(200);
            e.Property(s => s.Property).HasMaxLength(60);
            e.HasIndex(s => new { s.Feed, s.Thing, s.Property }).IsUnique();
        });
        // clustered by time: small batches stay cheap as the table grows
        model.Entity<Observation>(e => { e.ToTable("observations"); e.HasKey(o => new { o.ObservedAt, o.SeriesId, o.FetchedAt }); });
        model.Entity<HourOf>(e => { e.ToTable("hours"); e.HasKey(h => new { h.SeriesId, h.Hour }); e.HasIndex(h => h.Hour); });
        model.Entity<StoredDocument>(e =>
        {
            e.ToTable("documents");
            e.HasKey(d => new { d.Feed, d.Id });
            e.Property(d => d.Feed).HasMaxLength(100);
            e.Property(d => d.Id).HasMaxLength(200);
            e.HasIndex(d => new { d.Feed, d.Published });
        });
        model.Entity<StoredPicture>(e => { e.ToTable("pictures"); e.HasKey(p => p.Feed); e.Property(p => p.Feed).HasMaxLength(100); });
    }
}

/// <summary>One property of one thing of one feed.</summary>
internal sealed class StoredSeries
{
    public int Id { get; set; }
    public string Feed { get; set; } = "";
    public string Thing { get; set; } = "";
    public string Property { get; set; } = "";
}

/// <summary>One value. Times are UTC milliseconds since 1970. A correction is a further row with a later fetch.</summary>
internal sealed class Observation
{
    public long ObservedAt { get; set; }
    public int SeriesId { get; set; }
    public long FetchedAt { get; set; }
    public long ObservedUntil { get; set; }
    public double? Value { get; set; }
    public short Quality { get; set; }
}

/// <summary>The values of a series within one hour, each time counted once, by its latest correction.</summary>
internal sealed class HourOf
{
    public int SeriesId { get; set; }
    public long Hour { get; set; }
    public int Count { get; set; }
    public double Sum { get; set; }
    public double Min { get; set; }
    public double Max { get; set; }
}

internal sealed class StoredDocument
{
    public string Feed { get; set; } = "";
    public string Id { get; set; } = "";
    public string Title { get; set; } = "";
    public string? Link { get; set; }
    public long Published { get; set; }
    public string Summary { get; set; } = "";
    public string? Language { get; set; }
}

/// <summary>The newest picture of a feed.</summary>
internal sealed class StoredPicture
{
    public string Feed { get; set; } = "";
    public long TakenAt { get; set; }
    public string ContentType { get; set; } = "";
    public int Width { get; set; }
    public int Height { get; set; }
    public string Hash { get; set; } = "";
    public byte[] Bytes { get; set; } = [];
}

[DbContext(typeof(FeedsDb)), Migration("20261122000000_Feeds")]
internal sealed class CreateFeeds : ModuleMigration
{
    protected override string ModuleKey => FeedsDb.Module;

    protected override void Up(MigrationBuilder m)
    {
        if (IsPostgres) m.EnsureSchema(Schema!);
        m.CreateTable(Table("series"), schema: Schema, columns: t => new
        {
            Id = t.Column<int>().Annotation("Npgsql:ValueGenerationStrategy", Npgsql.EntityFrameworkCore.PostgreSQL.Metadata.NpgsqlValueGenerationStrategy.IdentityByDefaultColumn).Annotation("Sqlite:Autoincrement", true),
            Feed = t.Column<string>(maxLength: 100),
            Thing = t.Column<string>(maxLength: 200),
            Property = t.Column<string>(maxLength: 60),
        }, constraints: t => t.PrimaryKey("PK_feeds_series", x => x.Id));
        m.CreateIndex("IX_feeds_series_key", Table("series"), ["Feed", "Thing", "Property"], schema: Schema, unique: true);
        m.CreateTable(Table("observations"), schema: Schema, columns: t => new
        {
            ObservedAt = t.Column<long>(),
            SeriesId = t.Column<int>(),
            FetchedAt = t.Column<long>(),
            ObservedUntil = t.Column<long>(),
            Value = t.Column<double>(nullable: true),
            Quality = t.Column<short>(),
        }, constraints: t => t.PrimaryKey("PK_feeds_observations", x => new { x.ObservedAt, x.SeriesId, x.FetchedAt }));
        m.CreateTable(Table("hours"), schema: Schema, columns: t => new
        {
            SeriesId = t.Column<int>(),
            Hour = t.Column<long>(),
            Count = t.Column<int>(),
            Sum = t.Column<double>(),
            Min = t.Column<double>(),
            Max = t.Column<double>(),
        }, constraints: t => t.PrimaryKey("PK_feeds_hours", x => new { x.SeriesId, x.Hour }));
        m.CreateIndex("IX_feeds_hours_hour", Table("hours"), "Hour", schema: Schema);
        m.CreateTable(Table("documents"), schema: Schema, columns: t => new
        {
            Feed = t.Column<string>(maxLength: 100),
            Id = t.Column<string>(maxLength: 200),
            Title = t.Column<string>(),
            Link = t.Column<string>(nullable: true),
            Published = t.Column<long>(),
            Summary = t.Column<string>(),
            Language = t.Column<string>(nullable: true),
        }, constraints: t => t.PrimaryKey("PK_feeds_documents", x => new { x.Feed, x.Id }));
        m.CreateIndex("IX_feeds_documents_published", Table("documents"), ["Feed", "Published"], schema: Schema);
        m.CreateTable(Table("pictures"), schema: Schema, columns: t => new
        {
            Feed = t.Column<string>(maxLength: 100),
            TakenAt = t.Column<long>(),
            ContentType = t.Column<string>(),
            Width = t.Column<int>(),
            Height = t.Column<int>(),
            Hash = t.Column<string>(),
            Bytes = t.Column<byte[]>(),
        }, constraints: t => t.PrimaryKey("PK_feeds_pictures", x => x.Feed));
    }
}
