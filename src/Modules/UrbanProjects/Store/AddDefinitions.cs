using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace SmartCity.UrbanProjects;

[DbContext(typeof(UrbanProjectsDb)), Migration("20261122223000_Definitions")]
internal sealed class AddDefinitions : ModuleMigration
{
    protected override string ModuleKey => UrbanProjectsDb.Module;

    protected override void Up(MigrationBuilder m) => m.CreateTable(Table("definitions"), schema: Schema, columns: t => new
    {
        Key = t.Column<string>(maxLength: 60),
        Classification = t.Column<string>(maxLength: 60),
        Stated = t.Column<string>(),
        At = t.Column<long>(),
        Person = t.Column<string>(maxLength: 64),
        WithdrawnAt = t.Column<long>(nullable: true),
        WithdrawnBy = t.Column<string>(maxLength: 64, nullable: true),
    }, constraints: t => t.PrimaryKey("PK_urban_projects_definitions", x => x.Key));
}
