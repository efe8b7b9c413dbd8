using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace SmartCity.Shell.Reports;

/// <summary>Reports that were made and kept, and those that are made every day.</summary>
internal sealed class ReportsDb(DbContextOptions<ReportsDb> options) : ModuleDbContext(options)
{
    public const string Module = "reports";
    public override string ModuleKey => Module;

    public DbSet<ReportRun> Runs => Set<ReportRun>();
    public DbSet<ReportFile> Files => Set<ReportFile>();
    public DbSet<ReportSchedule> Schedules => Set<ReportSchedule>();

    protected override void Build(ModelBuilder model)
    {
        model.Entity<ReportRun>(e =>
        {
            e.ToTable("runs");
            e.Property(r => r.Id).ValueGeneratedNever();
            e.Property(r => r.Report).HasMaxLength(100);
            e.Property(r => r.Language).HasMaxLength(8);
            e.Property(r => r.Format).HasMaxLength(8);
            e.Property(r => r.Person).HasMaxLength(100);
            e.Property(r => r.Problem).HasMaxLength(60);
            e.HasIndex(r => r.AskedAt);
        });
        model.Entity<ReportFile>(e =>
        {
            e.ToTable("files");
            e.HasKey(f => f.RunId);
            e.HasOne<ReportRun>().WithOne().HasForeignKey<ReportFile>(f => f.RunId);
        });
        model.Entity<ReportSchedule>(e =>
        {
            e.ToTable("schedules");
            e.Property(s => s.Id).ValueGeneratedNever();
            e.Property(s => s.Report).HasMaxLength(100);
            e.Property(s => s.Language).HasMaxLength(8);
            e.Property(s => s.Format).HasMaxLength(8);
            e.Property(s => s.Person).HasMaxLength(100);
            e.Property(s => s.LastDay).HasMaxLength(10);
        });
    }
}

/// <summary>How far the making of a report has come.</summary>
internal enum RunState : short { Waiting, Running, Done, Failed, Cancelled, Interrupted }

/// <summary>One making of a report: who asked for it, when, and what came of it.</summary>
internal sealed class ReportRun
{
    public Guid Id { get; set; }
    public string Report { get; set; } = "";
    /// <summary>The reader's choices, as in the address.</summary>
    public string Query { get; set; } = "";
    public string Language { get; set; } = "";
    /// <summary>Ending of the file.</summary>
    public string Format { get; set; } = "";
    public Guid PersonId { get; set; }
    /// <summary>Name of who asked, as it was then.</summary>
    public string Person { get; set; } = "";
    /// <summary>What the maker could see, a permission a line: who can see at least that may open the file.</summary>
    public string Permissions { get; set; } = "";
    /// <summary>UTC milliseconds.</summary>
    public long AskedAt { get; set; }
    /// <summary>UTC milliseconds; null while it is not finished.</summary>
    public long? EndedAt { get; set; }
    public RunState State { get; set; }
    /// <summary>Key of the word for what went wrong.</summary>
    public string? Problem { get; set; }
    /// <summary>Bytes of the file.</summary>
    public long Size { get; set; }
    /// <summary>True when a schedule asked for it.</summary>
    public bool Scheduled { get; set; }
    /// <summary>Scheme and host of the city, for the address in the file.</summary>
    public string Host { get; set; } = "";
}

/// <summary>The file of a run.</summary>
internal sealed class ReportFile
{
    public Guid RunId { get; set; }
    public byte[] Bytes { get; set; } = [];
}

/// <summary>A report that is made every day for one person, with what that person may see on that day.</summary>
internal sealed class ReportSchedule
{
    public Guid Id { get; set; }
    public string Report { get; set; } = "";
    public string Query { get; set; } = "";
    public string Language { get; set; } = "";
    public string Format { get; set; } = "";
    public Guid PersonId { get; set; }
    public string Person { get; set; } = "";
    /// <summary>Minutes after midnight, by the city's clock.</summary>
    public short Minute { get; set; }
    /// <summary>The day for which it was last asked, yyyy-MM-dd by the city's calendar.</summary>
    public string LastDay { get; set; } = "";
    public string Host { get; set; } = "";
}

[DbContext(typeof(ReportsDb)), Migration("20261122100000_Reports")]
internal sealed class CreateReports : ModuleMigration
{
    protected override string ModuleKey => ReportsDb.Module;

    protected override void Up(MigrationBuilder m)
    {
        if (IsPostgres) m.EnsureSchema(Schema!);
        m.CreateTable(Table("runs"), schema: Schema, columns: t => new
        {
            Id = t.Column<Guid>(),
            Report = t.Column<string>(maxLength: 100),
            Query = t.Column<string>(),
            Language = t.Column<string>(maxLength: 8),
            Format = t.Column<string>(maxLength: 8),
            PersonId = t.Column<Guid>(),
            Person = t.Column<string>(maxLength: 100),
            Permissions = t.Column<string>(),
            AskedAt = t.Column<long>(),
            EndedAt = t.Column<long>(nullable: true),
            State = t.Column<short>(),
            Problem = t.Column<string>(maxLength: 60, nullable: true),
            Size = t.Column<long>(),
            Scheduled = t.Column<bool>(),
            Host = t.Column<string>(),
        }, constraints: t => t.PrimaryKey("PK_reports_runs", x => x.Id));
        m.CreateIndex("IX_reports_runs_asked", Table("runs"), "AskedAt", schema: Schema);
        m.CreateTable(Table("files"), schema: Schema, columns: t => new { RunId = t.Column<Guid>(), Bytes = t.Column<byte[]>() }, constraints: t =>
        {
            t.PrimaryKey("PK_reports_files", x => x.RunId);
            t.ForeignKey("FK_reports_files_run", x => x.RunId, Table("runs"), "Id", Schema, onDelete: ReferentialAction.Cascade);
        });
        m.CreateTable(Table("schedules"), schema: Schema, columns: t => new
        {
            Id = t.Column<Guid>(),
            Report = t.Column<string>(maxLength: 100),
            Query = t.Column<string>(),
            Language = t.Column<string>(maxLength: 8),
            Format = t.Column<string>(maxLength: 8),
            PersonId = t.Column<Guid>(),
            Person = t.Column<string>(maxLength: 100),
            Minute = t.Column<short>(),
            LastDay = t.Column<string>(maxLength: 10),
            Host = t.Column<string>(),
        }, constraints: t => t.PrimaryKey("PK_reports_schedules", x => x.Id));
    }
}
