
import django.db.models.deletion
import django.db.models.functions.comparison
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0001_initial'),
        ('monitoring', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='grant',
            name='institution',
            field=models.ForeignKey(blank=True, help_text='Only for an institution admin: the one institution that is seen.', null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='monitoring.institution', verbose_name='institution'),
        ),
        migrations.AddField(
            model_name='grant',
            name='region',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='monitoring.region', verbose_name='region'),
        ),
        migrations.AddField(
            model_name='grant',
            name='user',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='grants', to=settings.AUTH_USER_MODEL, verbose_name='user'),
        ),
        migrations.AddField(
            model_name='invitation',
            name='institution',
            field=models.ForeignKey(blank=True, help_text='Only for an institution admin: the one institution that is seen.', null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='monitoring.institution', verbose_name='institution'),
        ),
        migrations.AddField(
            model_name='invitation',
            name='invited_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='invitation',
            name='region',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='monitoring.region', verbose_name='region'),
        ),
        migrations.AddConstraint(
            model_name='grant',
            constraint=models.UniqueConstraint(models.F('user'), models.F('role'), django.db.models.functions.comparison.Coalesce('region', 0), django.db.models.functions.comparison.Coalesce('institution', 0), models.F('founder'), name='grant_once'),
        ),
        migrations.AddConstraint(
            model_name='grant',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('institution__isnull', True), ('role', 'operator'), ('region__isnull', True), ('founder', '')), models.Q(('institution__isnull', True), ('role', 'analyst'), ('region__isnull', False), ('founder', '')), models.Q(('institution__isnull', True), ('role', 'official'), ('region__isnull', False), ('founder', '')), models.Q(('institution__isnull', True), ('role', 'curator'), ('region__isnull', False), models.Q(('founder', ''), _negated=True)), models.Q(('institution__isnull', False), ('role', 'institution_admin'), ('region__isnull', False), ('founder', '')), models.Q(('institution__isnull', True), ('role', 'auditor'), ('founder', '')), _connector='OR'), name='grant_scope_of_its_role'),
        ),
        migrations.AddConstraint(
            model_name='invitation',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('institution__isnull', True), ('role', 'operator'), ('region__isnull', True), ('founder', '')), models.Q(('institution__isnull', True), ('role', 'analyst'), ('region__isnull', False), ('founder', '')), models.Q(('institution__isnull', True), ('role', 'official'), ('region__isnull', False), ('founder', '')), models.Q(('institution__isnull', True), ('role', 'curator'), ('region__isnull', False), models.Q(('founder', ''), _negated=True)), models.Q(('institution__isnull', False), ('role', 'institution_admin'), ('region__isnull', False), ('founder', '')), models.Q(('institution__isnull', True), ('role', 'auditor'), ('founder', '')), _connector='OR'), name='invitation_scope_of_its_role'),
        ),
    ]
