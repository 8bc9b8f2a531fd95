
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('monitoring', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Letter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=200, unique=True, verbose_name='key')),
                ('kind', models.CharField(choices=[('admin_digest', 'weekly letter to institution admins'), ('analyst_digest', 'weekly letter to analysts'), ('official_digest', 'weekly letter to officials: terms'), ('appeal_answer', 'answer to an appeal'), ('award', 'award or quality mark'), ('event', 'invitation to an event, or a change of it'), ('report', 'report of a region'), ('operator', 'message to the operators')], max_length=20, verbose_name='kind')),
                ('week', models.DateField(null=True, verbose_name='week from')),
                ('subject', models.CharField(blank=True, max_length=200, verbose_name='subject')),
                ('text', models.TextField(blank=True, verbose_name='text')),
                ('state', models.CharField(choices=[('waiting', 'waits to be sent'), ('sending', 'being sent'), ('sent', 'sent'), ('refused', 'the mail server refused it for good'), ('dropped', 'not needed any more')], default='waiting', max_length=8, verbose_name='state')),
                ('reason', models.CharField(blank=True, max_length=300, verbose_name='reason')),
                ('created_at', models.DateTimeField(verbose_name='written at')),
                ('next_try_at', models.DateTimeField(null=True, verbose_name='not before')),
                ('lease_until', models.DateTimeField(null=True, verbose_name='held until')),
                ('tries', models.PositiveSmallIntegerField(default=0, verbose_name='tries')),
                ('settled_at', models.DateTimeField(null=True, verbose_name='settled at')),
                ('institution', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='monitoring.institution', verbose_name='institution')),
                ('region', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='monitoring.region', verbose_name='region')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='letters', to=settings.AUTH_USER_MODEL, verbose_name='to')),
            ],
            options={
                'verbose_name': 'letter',
                'verbose_name_plural': 'letters',
                'ordering': ['-pk'],
                'indexes': [models.Index(models.F('id'), condition=models.Q(('state__in', ('waiting', 'sending'))), name='letter_open'), models.Index(models.F('state'), models.F('settled_at'), name='letter_state')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('region', None), ('week', None), models.Q(('text', ''), _negated=True)), models.Q(('region__isnull', False), ('text', ''), ('week__isnull', False)), _connector='OR'), name='letter_has_a_text_or_is_a_digest')],
            },
        ),
        migrations.CreateModel(
            name='Unsubscription',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('admin_digest', 'weekly letter to institution admins'), ('analyst_digest', 'weekly letter to analysts'), ('official_digest', 'weekly letter to officials: terms'), ('appeal_answer', 'answer to an appeal'), ('award', 'award or quality mark'), ('event', 'invitation to an event, or a change of it'), ('report', 'report of a region'), ('operator', 'message to the operators')], max_length=20, verbose_name='kind')),
                ('since', models.DateTimeField(verbose_name='since')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='unsubscriptions', to=settings.AUTH_USER_MODEL, verbose_name='user')),
            ],
            options={
                'verbose_name': 'unsubscription',
                'verbose_name_plural': 'unsubscriptions',
                'constraints': [models.UniqueConstraint(models.F('user'), models.F('kind'), name='unsubscription_once'), models.CheckConstraint(condition=models.Q(('kind__in', ('appeal_answer', 'operator')), _negated=True), name='unsubscription_of_what_may_end')],
            },
        ),
    ]
