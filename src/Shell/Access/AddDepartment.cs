using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace SmartCity.Shell.Access;

[DbContext(typeof(AccessDb)), Migration("20261122170000_Department")]
internal sealed class AddDepartment : ModuleMigration
{
    protected override string ModuleKey => AccessDb.Module;

    protected override void Up(MigrationBuilder m) => m.AddColumn<string>("Department", Table("people"), schema: Schema, maxLength: 40, nullable: true);
}
