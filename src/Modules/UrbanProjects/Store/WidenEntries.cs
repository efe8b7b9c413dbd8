using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace SmartCity.UrbanProjects;

/// <summary>The people in charge and the corners of an area are written as one value, which may be long. SQLite never counted letters.</summary>
[DbContext(typeof(UrbanProjectsDb)), Migration("20261123004500_WidenEntries")]
internal sealed class WidenEntries : ModuleMigration
{
    protected override string ModuleKey => UrbanProjectsDb.Module;

    protected override void Up(MigrationBuilder m)
    {
        if (!IsPostgres) return;
        foreach (var column in new[] { "Value", "Was" }) m.AlterColumn<string>(column, "entries", schema: Schema, nullable: true);
    }
}
