using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace SmartCity.Shell.Access;

[DbContext(typeof(AccessDb)), Migration("20261122220000_KeptSessions")]
internal sealed class AddKeptSessions : ModuleMigration
{
    protected override string ModuleKey => AccessDb.Module;

    protected override void Up(MigrationBuilder m) => m.AddColumn<long>("KeptAt", Table("sessions"), schema: Schema, nullable: true);
}
