using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace SmartCity.Shell.Feeds.Desk;

/// <summary>Feeds that were made on the page: every version of every descriptor, and what is being worked on.</summary>
internal sealed class DeskDb(DbContextOptions<DeskDb> options) : ModuleDbContext(options)
{
    public const string Module = "desk";
    public override string ModuleKey => Module;

    public DbSet<DeskFeed> Feeds => Set<DeskFeed>();
    public DbSet<DeskVersion> Versions => Set<DeskVersion>();
    public DbSet<DeskWork> Work => Set<DeskWork>();
    public DbSet<DeskUpload> Uploads => Set<DeskUpload>();

    protected override void Build(ModelBuilder model)
    {
        model.Entity<DeskFeed>(e =>
        {
            e.ToTable("feeds");
            e.HasKey(f => f.Feed);
            e.Property(f => f.Feed).HasMaxLength(100);
            e.Property(f => f.ChangedBy).HasMaxLength(300);
            e.Property(f => f.ChangedNote).HasMaxLength(2000);
            e.Property(f => f.Revision).IsConcurrencyToken();
        });
        model.Entity<DeskVersion>(e =>
        {
            e.ToTable("versions");
            e.HasKey(v => new { v.Feed, v.Number });
            e.Property(v => v.Feed).HasMaxLength(100);
            e.Property(v => v.By).HasMaxLength(300);
            e.Property(v => v.Note).HasMaxLength(2000);
            e.Property(v => v.ApprovedBy).HasMaxLength(300);
            e.Property(v => v.ApprovalNote).HasMaxLength(2000);
        });
        model.Entity<DeskWork>(e =>
        {
            e.ToTable("work");
            e.Property(w => w.Id).ValueGeneratedNever();
            e.Property(w => w.By).HasMaxLength(300);
            e.Property(w => w.SampleName).HasMaxLength(300);
            e.Property(w => w.SampleType).HasMaxLength(200);
        });
        model.Entity<DeskUpload>(e =>
        {
            e.ToTable("uploads");
            e.Property(u => u.Id).ValueGeneratedNever();
            e.Property(u => u.Feed).HasMaxLength(100);
            e.Property(u => u.Name).HasMaxLength(300);
            e.Property(u => u.By).HasMaxLength(300);
            e.Property(u => u.ChangedBy).HasMaxLength(300);
            e.HasIndex(u => new { u.Feed, u.At });
        });
    }
}

/// <summary>A feed of the desk and which of its versions lives.</summary>
internal sealed class DeskFeed
{
    public string Feed { get; set; } = "";
    /// <summary>Number of the version that is live; null while there is none.</summary>
    public int? Live { get; set; }
    public bool Retired { get; set; }
    /// <summary>Rises with every change: two administrators do not undo each other unseen, and every host sees it.</summary>
    public long Revision { get; set; }
    /// <summary>UTC milliseconds.</summary>
    public long ChangedAt { get; set; }
    public string ChangedBy { get; set; } = "";
    public string ChangedNote { get; set; } = "";
}

/// <summary>One version of a descriptor. Its text is never changed.</summary>
internal sealed class DeskVersion
{
    public string Feed { get; set; } = "";
    /// <summary>From 1 on.</summary>
    public int Number { get; set; }
    public string Yaml { get; set; } = "";
    public string By { get; set; } = "";
    /// <summary>UTC milliseconds.</summary>
    public long At { get; set; }
    /// <summary>Why.</summary>
    public string Note { get; set; } = "";
    public string? ApprovedBy { get; set; }
    /// <summary>UTC milliseconds; null for a draft.</summary>
    public long? ApprovedAt { get; set; }
    public string? ApprovalNote { get; set; }
}

/// <summary>What somebody is working on: a descriptor that is not saved yet and the answer it is tried on. Kept for two weeks.</summary>
internal sealed class DeskWork
{
    public Guid Id { get; set; }
    public string By { get; set; } = "";
    /// <summary>UTC milliseconds.</summary>
    public long At { get; set; }
    public string Yaml { get; set; } = "";
    /// <summary>Empty while there is none.</summary>
    public byte[] Sample { get; set; } = [];
    public string? SampleType { get; set; }
    /// <summary>Name of the file, or where it was fetched.</summary>
    public string SampleName { get; set; } = "";
    /// <summary>UTC milliseconds.</summary>
    public long FetchedAt { get; set; }
}

/// <summary>A file that somebody brought to a feed.</summary>
internal sealed class DeskUpload
{
    public Guid Id { get; set; }
    public string Feed { get; set; } = "";
    public string Name { get; set; } = "";
    public string By { get; set; } = "";
    /// <summary>UTC milliseconds.</summary>
    public long At { get; set; }
    public UploadState State { get; set; }
    public int Rows { get; set; }
    public byte[] Bytes { get; set; } = [];
    public string? ChangedBy { get; set; }
    /// <summary>UTC milliseconds.</summary>
    public long? ChangedAt { get; set; }
}

/// <summary>Where an uploaded file stands.</summary>
internal enum UploadState { Waiting, Stored, Retracted }

/// <summary>The tables of the desk.</summary>
[DbContext(typeof(DeskDb)), Migration("20261122150000_Desk")]
internal sealed class DeskTables : ModuleMigration
{
    protected override string ModuleKey => DeskDb.Module;

    protected override void Up(MigrationBuilder m)
    {
        m.CreateTable(Table("feeds"), schema: Schema, columns: t => new
        {
            Feed = t.Column<string>(maxLength: 100),
            Live = t.Column<int>(nullable: true),
            Retired = t.Column<bool>(),
            Revision = t.Column<long>(),
            ChangedAt = t.Column<long>(),
            ChangedBy = t.Column<string>(maxLength: 300),
            ChangedNote = t.Column<string>(maxLength: 2000),
        }, constraints: t => t.PrimaryKey("PK_desk_feeds", x => x.Feed));
        m.CreateTable(Table("versions"), schema: Schema, columns: t => new
        {
            Feed = t.Column<string>(maxLength: 100),
            Number = t.Column<int>(),
            Yaml = t.Column<string>(),
            By = t.Column<string>(maxLength: 300),
            At = t.Column<long>(),
            Note = t.Column<string>(maxLength: 2000),
            ApprovedBy = t.Column<string>(maxLength: 300, nullable: true),
            ApprovedAt = t.Column<long>(nullable: true),
            ApprovalNote = t.Column<string>(maxLength: 2000, nullable: true),
        }, constraints: t => t.PrimaryKey("PK_desk_versions", x => new { x.Feed, x.Number }));
        m.CreateTable(Table("work"), schema: Schema, columns: t => new
        {
            Id = t.Column<Guid>(),
            By = t.Column<string>(maxLength: 300),
            At = t.Column<long>(),
            Yaml = t.Column<string>(),
            Sample = t.Column<byte[]>(),
            SampleType = t.Column<string>(maxLength: 200, nullable: true),
            SampleName = t.Column<string>(maxLength: 300),
            FetchedAt = t.Column<long>(),
        }, constraints: t => t.PrimaryKey("PK_desk_work", x => x.Id));
        m.CreateTable(Table("uploads"), schema: Schema, columns: t => new
        {
            Id = t.Column<Guid>(),
            Feed = t.Column<string>(maxLength: 100),
            Name = t.Column<string>(maxLength: 300),
            By = t.Column<string>(maxLength: 300),
            At = t.Column<long>(),
            State = t.Column<int>(),
            Rows = t.Column<int>(),
            Bytes = t.Column<byte[]>(),
            ChangedBy = t.Column<string>(maxLength: 300, nullable: true),
            ChangedAt = t.Column<long>(nullable: true),
        }, constraints: t => t.PrimaryKey("PK_desk_uploads", x => x.Id));
        m.CreateIndex("IX_desk_uploads_feed", Table("uploads"), ["Feed", "At"], schema: Schema);
    }
}
