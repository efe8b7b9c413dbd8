using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace SmartCity.UrbanProjects;

[DbContext(typeof(UrbanProjectsDb)), Migration("20261122180000_UrbanProjects")]
internal sealed class CreateUrbanProjects : ModuleMigration
{
    protected override string ModuleKey => UrbanProjectsDb.Module;

    protected override void Up(MigrationBuilder m)
    {
        if (IsPostgres) m.EnsureSchema(Schema!);
        m.CreateTable(Table("entries"), schema: Schema, columns: t => new
        {
            Id = Counted(t.Column<long>()),
            Project = t.Column<string>(maxLength: 60),
            Kind = t.Column<string>(maxLength: 20),
            Subject = t.Column<string>(maxLength: 80),
            Value = t.Column<string>(maxLength: 1000, nullable: true),
            Was = t.Column<string>(maxLength: 1000, nullable: true),
            At = t.Column<long>(),
            Person = t.Column<string>(maxLength: 64),
            Why = t.Column<string>(maxLength: 500),
            Undoes = t.Column<long>(nullable: true),
        }, constraints: t => t.PrimaryKey("PK_urban_projects_entries", x => x.Id));
        m.CreateIndex("IX_urban_projects_entries_subject", Table("entries"), ["Project", "Kind", "Subject"], schema: Schema);
        m.CreateTable(Table("editions"), schema: Schema, columns: t => new
        {
            Id = Counted(t.Column<long>()),
            Project = t.Column<string>(maxLength: 60),
            Number = t.Column<int>(),
            UpTo = t.Column<long>(),
            PapersUpTo = t.Column<long>(),
            Open = t.Column<string>(maxLength: 300),
            Closed = t.Column<bool>(),
            At = t.Column<long>(),
            Person = t.Column<string>(maxLength: 64),
            Why = t.Column<string>(maxLength: 500),
        }, constraints: t => t.PrimaryKey("PK_urban_projects_editions", x => x.Id));
        m.CreateIndex("IX_urban_projects_editions_number", Table("editions"), ["Project", "Number"], schema: Schema, unique: true);
        m.CreateTable(Table("papers"), schema: Schema, columns: t => new
        {
            Id = Counted(t.Column<long>()),
            Project = t.Column<string>(maxLength: 60),
            Series = t.Column<string>(maxLength: 32),
            Version = t.Column<int>(),
            Title = t.Column<string>(maxLength: 120),
            Name = t.Column<string>(maxLength: 120),
            Kind = t.Column<string>(maxLength: 10),
            File = t.Column<string>(maxLength: 32),
            Bytes = t.Column<long>(),
            Sha256 = t.Column<string>(maxLength: 64),
            Open = t.Column<bool>(),
            At = t.Column<long>(),
            Person = t.Column<string>(maxLength: 64),
            Why = t.Column<string>(maxLength: 500),
            WithdrawnAt = t.Column<long>(nullable: true),
            WithdrawnBy = t.Column<string>(maxLength: 64, nullable: true),
        }, constraints: t => t.PrimaryKey("PK_urban_projects_papers", x => x.Id));
        m.CreateIndex("IX_urban_projects_papers_version", Table("papers"), ["Project", "Series", "Version"], schema: Schema, unique: true);
        m.CreateTable(Table("filters"), schema: Schema, columns: t => new
        {
            Id = t.Column<string>(maxLength: 16),
            Name = t.Column<string>(maxLength: 60),
            Query = t.Column<string>(maxLength: 500),
            View = t.Column<string>(maxLength: 10),
            Person = t.Column<string>(maxLength: 64),
            At = t.Column<long>(),
        }, constraints: t => t.PrimaryKey("PK_urban_projects_filters", x => x.Id));
        m.CreateIndex("IX_urban_projects_filters_person", Table("filters"), "Person", schema: Schema);
    }
}
